# The portal in production: browser files from a Node stage, libraries by hash, an unprivileged user, nothing written
# outside of /tmp and of what is mounted. The same image serves, migrates, imports and runs the jobs.
FROM node:20-bookworm-slim AS browser
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev
COPY static static
COPY templates templates
COPY portal portal
RUN npm run build

FROM python:3.11-slim-bookworm AS libraries
COPY requirements.txt .
RUN python -m venv /srv/libraries \
 && /srv/libraries/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes --only-binary :all: -r requirements.txt \
 && /srv/libraries/bin/pip uninstall --yes --quiet pip setuptools

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin portal
COPY --from=libraries /srv/libraries /srv/libraries
WORKDIR /srv/portal
COPY portal portal
COPY templates templates
COPY --from=browser /build/static static
RUN /srv/libraries/bin/python -m compileall -q portal && chmod -R a+rX .
ENV PATH=/srv/libraries/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER portal
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/livez', timeout=2)"]
ENTRYPOINT ["python", "-m", "portal"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
