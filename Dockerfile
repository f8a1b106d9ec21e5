# Two images. `portal`, the last and so the default: production, without test bank and made-up data; it serves, migrates,
# imports, exports and runs the jobs. `demo`: everything of `make demo`. Both run as an unprivileged user on a read-only
# root, and write to /data and /tmp alone. For a build that is the same on every day, name the bases by their digests:
# --build-arg PYTHON=python:3.11-slim-bookworm@sha256:... --build-arg NODE=node:20-bookworm-slim@sha256:...
ARG PYTHON=python:3.11-slim-bookworm
ARG NODE=node:20-bookworm-slim

FROM ${NODE} AS browser
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev
COPY static static
COPY templates templates
COPY portal portal
RUN npm run build

FROM ${PYTHON} AS libraries
COPY requirements.txt .
RUN python -m venv /srv/libraries \
 && /srv/libraries/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes --only-binary :all: -r requirements.txt \
 && /srv/libraries/bin/pip uninstall --yes --quiet pip setuptools

FROM ${PYTHON} AS whole
WORKDIR /srv/portal
COPY portal portal
COPY templates templates
COPY --from=browser /build/static static
RUN python -m compileall -q portal && chmod -R a+rX .

FROM whole AS lean
RUN rm -r portal/demo templates/demo

FROM ${PYTHON} AS base
RUN groupadd --gid 10001 portal \
 && useradd --uid 10001 --gid portal --no-create-home --home-dir /nonexistent --no-log-init --shell /usr/sbin/nologin portal \
 && install --directory --owner=portal --group=portal --mode=700 /data
COPY --from=libraries /srv/libraries /srv/libraries
WORKDIR /srv/portal
ENV PATH=/srv/libraries/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
ENV PORTAL_DATABASE_URL=sqlite:////data/portal.db PORTAL_KEYS_DIR=/data/keys
VOLUME /data
# By number, for Kubernetes' runAsNonRoot knows no names.
USER 10001:10001
EXPOSE 8000
# The demo makes up its data before it answers; whoever answers is well at once.
HEALTHCHECK --interval=10s --timeout=3s --start-period=180s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/livez', timeout=2)"]
ENTRYPOINT ["python", "-m", "portal"]

FROM base AS demo
COPY --from=whole /srv/portal .
ENV PORTAL_ENV=demo
EXPOSE 8001
CMD ["demo", "--host", "0.0.0.0", "--data", "/data/demo"]

FROM base AS portal
COPY --from=lean /srv/portal .
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
