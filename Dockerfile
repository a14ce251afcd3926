# The service. Where nothing can be fetched while an image is built, `make image-files` on the host comes first: it fills
# build/site for Python 3.11, and the image takes it as it is. PYTHON_IMAGE may be pinned by its digest: python:3.11-slim@sha256:…
ARG PYTHON_IMAGE=python:3.11-slim
FROM ${PYTHON_IMAGE}
COPY . /graphfeed
RUN test -d /graphfeed/build/site || \
    python3 -m pip install --no-cache-dir --target /graphfeed/build/site --require-hashes --only-binary :all: \
      --requirement /graphfeed/requirements-image.lock
# implicit needs the OpenMP of the system, which slim images lack
RUN test -e /graphfeed/build/site/openmp/libgomp.so.1 || ldconfig -p | grep -q 'libgomp\.so\.1' || \
    { apt-get update && apt-get install --yes --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*; }
ENV LD_LIBRARY_PATH=/graphfeed/build/site/openmp
RUN cd /graphfeed && python3 -m compileall -q cypher graph loaders service
# Nothing is written but in /tmp, so the root may be read-only
ENV PYTHONPATH=/graphfeed:/graphfeed/build/site PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp
WORKDIR /tmp
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=5s --retries=30 CMD \
    python3 -c "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health/ready', timeout=4)"
ENTRYPOINT ["python3", "-m", "service.cli"]
CMD ["serve", "--host", "0.0.0.0", "--workers", "2"]
