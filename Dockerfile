# Warta on a CPU. Serves the home in /srv/warta; other commands as well: `docker run … warta status`.
#   docker build -t warta .
#   docker run -p 127.0.0.1:7860:7860 -e WARTA_OPEN=true -v warta:/srv/warta warta
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE NOTICE ./
COPY corpus corpus
COPY index index
COPY assistant assistant
# PyPI's torch for Linux brings gigabytes of CUDA libraries; this index has the same version without.
RUN python -m venv /opt/warta && \
    /opt/warta/bin/pip install --no-cache-dir --no-compile \
    --extra-index-url https://download.pytorch.org/whl/cpu -c constraints.txt '.[mcp,milvus]'

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /srv/warta warta && \
    install -d -o warta -g warta /srv/warta
COPY --from=build /opt/warta /opt/warta
ENV PATH=/opt/warta/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    WARTA_HOME=/srv/warta \
    WARTA_HOST=0.0.0.0 \
    WARTA_PORT=7860 \
    WARTA_MCP=true
USER warta
WORKDIR /srv/warta
VOLUME /srv/warta
EXPOSE 7860
# The first start of an empty home indexes samples; a large home is verified before it is served.
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['WARTA_PORT'] + '/readyz', timeout=4)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["warta"]
CMD ["serve"]
