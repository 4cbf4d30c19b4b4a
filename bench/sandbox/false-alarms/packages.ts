const words = (list: string): string[] => list.trim().split(/\s+/)

/** Ordinary, well-known packages, chosen by hand. Among them all that does at installation what attackers do there, too. */
export const ORDINARY = {
  npm: words(`
    lodash express react axios chalk commander typescript eslint prettier mocha rollup postcss moment dayjs uuid dotenv ws fastify koa rxjs zod ajv yargs
    glob rimraf semver cross-env nodemon execa shelljs winston pino sass protobufjs playwright-core update-notifier open node-notifier clipboardy systeminformation ssh2 got`),
  /** Install hooks, add-ons that are built or fetched, telemetry. */
  hooks: words('esbuild husky core-js bcrypt sqlite3 better-sqlite3 sharp bufferutil utf-8-validate argon2 cpu-features leveldown puppeteer @swc/core @prisma/client msgpackr-extract patch-package keytar re2 @sentry/cli'),
  wheels: words('requests flask django fastapi numpy pydantic click rich httpx sqlalchemy pytest black boto3 cryptography pillow python-dotenv tqdm jinja2 paramiko keyring gitpython virtualenv attrs distro'),
  /** Source distributions: built by pip, most with a compiler. */
  sources: words('cffi psutil pyyaml markupsafe ujson msgpack setproctitle simplejson pyperclip lz4 coverage wrapt regex bitarray'),
} as const

/** Looked at by nobody while rules were made: run once, counted apart. Programs that are fetched or built at installation, servers, test runners, telemetry. */
export const HELD_OUT: Readonly<Record<keyof typeof ORDINARY, readonly string[]>> = {
  npm: words('http-server json-server pm2 vitest webpack-cli'),
  hooks: words('@biomejs/biome lefthook @parcel/watcher node-pty electron cypress nx'),
  wheels: words('uvicorn gunicorn celery sentry-sdk scrapy'),
  sources: words('frozenlist greenlet zstandard'),
}

export const countOf = (lists: Readonly<Record<string, readonly string[]>>): number => Object.values(lists).reduce((sum, names) => sum + names.length, 0)
