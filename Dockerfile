# The portal in production: browser files from a Node stage, libraries by hash, an unprivileged user.
FROM node:20-bookworm-slim AS browser
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev
COPY static static
COPY templates templates
COPY portal portal
RUN npm run build

FROM python:3.11-slim-bookworm
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /srv/portal
COPY requirements.txt .
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt
COPY portal portal
COPY templates templates
COPY --from=browser /build/static static
RUN useradd --system --uid 10001 portal
USER portal
EXPOSE 8000
HEALTHCHECK CMD ["python", "-c", "import urllib.request as u; u.urlopen(u.Request('http://127.0.0.1:8000/livez'), timeout=3)"]
ENTRYPOINT ["python", "-m", "portal"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
