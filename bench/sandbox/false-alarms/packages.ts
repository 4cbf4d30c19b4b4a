/** Of npm without and with install hooks, of PyPI as wheels and as sources, and modules of Go. */
export type Group = 'npm' | 'hooks' | 'wheels' | 'sources' | 'modules'
type Lists = Readonly<Partial<Record<Group, readonly string[]>>>

const words = (list: string): string[] => list.trim().split(/\s+/)

/** Ordinary, well-known packages, chosen by hand. Among them all that does at installation what attackers do there, too. */
const ORDINARY: Lists = {
  npm: words(`
    lodash express react axios chalk commander typescript eslint prettier mocha rollup postcss moment dayjs uuid dotenv ws fastify koa rxjs zod ajv yargs
    glob rimraf semver cross-env nodemon execa shelljs winston pino sass protobufjs playwright-core update-notifier open node-notifier clipboardy systeminformation ssh2 got`),
  /** Install hooks, add-ons that are built or fetched, telemetry. */
  hooks: words('esbuild husky core-js bcrypt sqlite3 better-sqlite3 sharp bufferutil utf-8-validate argon2 cpu-features leveldown puppeteer @swc/core @prisma/client msgpackr-extract patch-package keytar re2 @sentry/cli'),
  wheels: words('requests flask django fastapi numpy pydantic click rich httpx sqlalchemy pytest black boto3 cryptography pillow python-dotenv tqdm jinja2 paramiko keyring gitpython virtualenv attrs distro'),
  /** Source distributions: built by pip, most with a compiler. */
  sources: words('cffi psutil pyyaml markupsafe ujson msgpack setproctitle simplejson pyperclip lz4 coverage wrapt regex bitarray'),
}

/** Looked at by nobody while rules were made: run once, counted apart. Programs that are fetched or built at installation, servers, test runners, telemetry. */
const HELD_OUT: Lists = {
  npm: words('http-server json-server pm2 vitest webpack-cli'),
  hooks: words('@biomejs/biome lefthook @parcel/watcher node-pty electron cypress nx'),
  wheels: words('uvicorn gunicorn celery sentry-sdk scrapy'),
  sources: words('frozenlist greenlet zstandard'),
}

/** As held out, written down before any of them was run, when the first had been looked at. */
const HELD_OUT_SECOND: Lists = {
  npm: words('jest ava c8 @hapi/hapi socket.io browser-sync concurrently cheerio marked luxon npm-check-updates inquirer serve simple-git'),
  hooks: words('es5-ext core-js-pure lmdb unrs-resolver tree-sitter deasync'),
  wheels: words('aiohttp tornado werkzeug tox hypothesis mypy isort flake8 redis beautifulsoup4 lxml typer loguru twine pip-tools pandas'),
  sources: words('docopt dill mmh3 xxhash'),
}

/** As the second, when that had been looked at. Clients of registries and services, telemetry, hooks that fetch programs, native builds, modules of Go. */
const HELD_OUT_THIRD: Lists = {
  npm: words('jsdom openai stripe @octokit/rest undici ioredis mongoose pg vite webpack @babel/core next @angular/cli release-it depcheck pnpm @sentry/node nodemailer discord.js ethers'),
  hooks: words('snyk dd-trace canvas isolated-vm usb ffmpeg-static chromedriver workerd msw supabase @nestjs/core vue-demi'),
  wheels: words('httpie poetry nox pre-commit cookiecutter openai stripe huggingface-hub matplotlib ruff pylint streamlit wandb pymongo ipython selenium pip-audit docker'),
  sources: words('pycryptodome netifaces peewee kiwisolver multidict hiredis'),
  modules: words('github.com/spf13/cobra github.com/gin-gonic/gin go.uber.org/zap github.com/mattn/go-sqlite3'),
}

/** As the third, when that had been looked at: what applications depend on, add-ons that are built or fetched, clients of databases and clouds. */
const HELD_OUT_FOURTH: Lists = {
  npm: words(`
    jsonwebtoken multer passport sequelize knex graphql @reduxjs/toolkit tailwindcss cors handlebars joi cron mysql2 nanoid chokidar fs-extra archiver kafkajs @aws-sdk/client-s3
    firebase-admin supertest`),
  hooks: words('zeromq microtime kerberos secp256k1 simple-git-hooks node-hid sodium-native @mongodb-js/zstd svelte-preprocess geckodriver gifsicle unix-dgram'),
  wheels: words('alembic psycopg2-binary starlette marshmallow scipy networkx openpyxl pyjwt tenacity python-dateutil nltk sphinx mkdocs hatch google-cloud-storage kubernetes fabric'),
  sources: words('cytoolz zope-interface pyrsistent immutables toml'),
  modules: words('github.com/gorilla/mux github.com/sirupsen/logrus github.com/stretchr/testify'),
}

/** As the fourth, when that had been looked at. */
const HELD_OUT_FIFTH: Lists = {
  npm: words('morgan compression formidable bullmq nunjucks superagent node-fetch lerna'),
  hooks: words('@prisma/engines @serialport/bindings-cpp aws-crt iconv farmhash'),
  wheels: words('gevent websockets faker sqlmodel azure-identity bokeh ansible-core pdm'),
  sources: words('python-slugify docutils sqlparse'),
}

/** As the fifth, when that had been looked at: what applications depend on most, and hooks that build or fetch. */
const HELD_OUT_SIXTH: Lists = {
  npm: words(`
    debug async ramda immer react-dom react-router-dom vue svelte styled-components date-fns validator body-parser cookie-parser helmet ejs pug xml2js csv-parse papaparse exceljs pdfkit
    amqplib mqtt @grpc/grpc-js typeorm drizzle-orm mongodb i18next cosmiconfig`),
  hooks: words('keccak node-expat libxmljs2 bigint-buffer sha3 ngrok grpc-tools optipng-bin mozjpeg yarn @apollo/rover dtrace-provider robotjs'),
  wheels: words(`
    botocore urllib3 packaging jsonschema pyopenssl grpcio google-auth azure-storage-blob scikit-learn seaborn plotly dask polars watchdog apscheduler dramatiq elasticsearch asyncpg
    djangorestframework flask-sqlalchemy invoke pygments nose2 pyinstaller`),
  sources: words('pyasn1 tabulate pymysql editdistance crcmod html5lib future'),
  modules: words('github.com/google/uuid github.com/rs/zerolog golang.org/x/sync github.com/redis/go-redis/v9'),
}

/** As the sixth, when that had been looked at: drawn by lot out of some 320 names that came to mind, a quarter of them with hooks. */
const HELD_OUT_SEVENTH: Lists = {
  npm: words(`
    less @sendgrid/mail @aws-sdk/client-dynamodb lint-staged meow source-map-explorer create-react-app telegraf lru-cache @vue/cli karma underscore ibm-cos-sdk config
    autoprefixer browserify node-cache jscodeshift ghost-cli sequelize-cli conf nyc express-generator heroku agenda sinon cssnano lighthouse twilio @slack/web-api
    standard pacote plop node-cron grunt webpack-dev-server`),
  hooks: words(`
    @ffmpeg-installer/ffmpeg ref-napi @evilmartians/lefthook node-libcurl bignum realm prisma guetzli mmmagic jpegoptim-bin @journeyapps/sqlcipher @tensorflow/tfjs-node
    @discordjs/opus nativescript sodium node-datachannel electron-chromedriver flow-bin cbor-extract tree-sitter-cli diskusage speaker truffle muhammara murmurhash-native
    youtube-dl-exec segfault-handler nodejieba pngcrush-bin @nestjs/cli onnxruntime-node cloudflared`),
  wheels: words(`
    h5py tokenizers pyramid duckdb pendulum cassandra-driver nbconvert graphene pynput babel pytest-cov mechanize dbt-core ipykernel build notebook imageio
    google-cloud-bigquery ddtrace slack-sdk kombu altair prefect pyautogui twilio flask-login neo4j praw pygame python-jose`),
  sources: words(`
    line-profiler pybase64 pyzmq jsonpickle python-rapidjson pyahocorasick python-levenshtein fastcache murmurhash uwsgi zope.proxy pyxattr bottleneck apsw`),
  modules: words('github.com/labstack/echo/v4 github.com/prometheus/client_golang google.golang.org/grpc github.com/spf13/viper'),
}

/** As the seventh, when that had been looked at: drawn by lot out of what was left of the same names, half of them with hooks, which is where alarms were. */
const HELD_OUT_EIGHTH: Lists = {
  npm: words('localtunnel ora @azure/storage-blob electron-builder hexo-cli typedoc mobx'),
  hooks: words(`
    classic-level skia-canvas gl electron-winstaller serverless i2c-bus nw ganache rollup-plugin-visualizer ibm_db gatsby vue-echarts @ast-grep/cli pg-native`),
  wheels: words('pytest-mock xgboost mysql-connector-python statsmodels onnxruntime fire'),
  sources: words('preshed persistent ciso8601'),
}

/** As the eighth, when that had been looked at: as people install, most without hooks. Drawn by lot out of some 380 names that came to mind. */
const HELD_OUT_NINTH: Lists = {
  npm: words(`
    mkdirp figlet ansi-styles fast-glob inherits pg-promise p-limit escape-string-regexp madge connect @aws-sdk/client-sqs ts-node tslib proxy-agent eslint-plugin-react
    boxen source-map sass-loader firebase-tools mime-types style-loader which js-yaml agent-base standard-version https-proxy-agent zustand solid-js cross-spawn
    babel-jest chart.js estraverse string-width turbo dompurify bunyan passport-jwt @commitlint/cli langchain swr immutable crypto-js objection node-forge`),
  hooks: words('wasm-pack posix detox ttf2woff2 gatsby-cli heapdump'),
  wheels: words(`
    numba twisted freezegun meson uv moto importlib-metadata psycopg markdown sympy lightgbm pypdf yapf pyarrow eventlet pdfplumber wheel azure-keyvault-secrets
    confluent-kafka bleach aiosqlite flask-migrate jedi scapy huey`),
  sources: words('propcache sgmllib3k antlr4-python3-runtime progressbar2 jsonnet'),
}

/** Which of them are run; `ordinary` is what rules were tuned on. */
export const LISTS = { ordinary: ORDINARY, first: HELD_OUT, second: HELD_OUT_SECOND, third: HELD_OUT_THIRD, fourth: HELD_OUT_FOURTH, fifth: HELD_OUT_FIFTH, sixth: HELD_OUT_SIXTH, seventh: HELD_OUT_SEVENTH, eighth: HELD_OUT_EIGHTH, ninth: HELD_OUT_NINTH } as const

export const countOf = (lists: Lists): number => Object.values(lists).reduce((sum, names) => sum + names.length, 0)
