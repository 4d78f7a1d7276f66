"""The same retriever over Milvus: articles, passages, vectors and terms past one machine.

`warta index --milvus URI` copies a snapshot into it, `warta serve --milvus URI` asks it there: ask
for `publish` and for `MilvusRetriever`. Nothing else in Warta knows Milvus.
"""
