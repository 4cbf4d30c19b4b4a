/**
 * What the benign corpus is made of: a handful of large, well-known applications with all that they depend on, as their
 * own clients resolve them. A group is one project, so that its members must fit together.
 */
export const APPLICATIONS = {
  npm: [
    ['react-scripts', 'express', 'eslint', 'jest'],
    ['next', 'react', 'react-dom', 'webpack', 'webpack-cli', 'vite', '@vitejs/plugin-react', 'prettier', 'vitest'],
    ['@angular/cli', '@angular/core', '@angular/build'],
    ['gatsby-cli', 'mocha', 'karma', 'gulp', 'grunt', 'rollup', 'lerna'],
    ['@nestjs/cli', '@nestjs/core', '@nestjs/platform-express', 'typeorm', 'mongoose', 'graphql', '@apollo/server', 'socket.io', 'fastify', 'koa'],
    ['@storybook/cli', 'svelte', '@sveltejs/kit', 'vue', 'nuxt', 'astro'],
    ['lodash', 'moment', 'axios', 'request', 'async', 'underscore', 'bluebird', 'commander', 'chalk', 'rxjs', 'jquery', 'redux', 'd3', 'three', 'winston', 'passport'],
  ],
  pypi: [
    ['jupyterlab', 'pandas', 'scikit-learn', 'matplotlib', 'sphinx', 'pytest', 'tox', 'mypy', 'black', 'pylint'],
    ['django', 'djangorestframework', 'flask', 'flask-sqlalchemy', 'fastapi', 'uvicorn[standard]', 'celery[redis]', 'gunicorn', 'alembic', 'httpx', 'scrapy'],
    ['apache-airflow'],
    ['streamlit', 'dash', 'bokeh', 'dask[complete]', 'mkdocs-material', 'pre-commit', 'twine', 'hatch'],
    ['aiohttp', 'tornado', 'twisted', 'zope.interface', 'pyramid', 'sentry-sdk', 'spacy', 'nltk', 'sympy', 'networkx'],
  ],
  go: [
    ['github.com/gin-gonic/gin', 'k8s.io/client-go', 'github.com/spf13/cobra', 'github.com/spf13/viper', 'go.uber.org/zap', 'gorm.io/gorm', 'google.golang.org/grpc'],
  ],
} as const

/** Source distributions as well: pure and known to everybody, because pip runs the `setup.py` of what it downloads. */
export const SOURCES = [
  'requests', 'urllib3', 'idna', 'certifi', 'charset-normalizer', 'django', 'flask', 'jinja2', 'werkzeug', 'click', 'itsdangerous', 'blinker',
  'six', 'python-dateutil', 'pytz', 'pytest', 'pluggy', 'iniconfig', 'packaging', 'attrs', 'sqlalchemy', 'alembic', 'mako', 'celery', 'kombu',
  'vine', 'billiard', 'amqp', 'sphinx', 'docutils', 'babel', 'pygments', 'httpx', 'httpcore', 'h11', 'anyio', 'sniffio', 'starlette', 'fastapi',
  'gunicorn', 'tornado', 'scrapy', 'twisted', 'networkx', 'sympy', 'mpmath', 'black', 'isort', 'flake8', 'pylint',
  'distlib', 'tqdm', 'rich', 'colorama', 'simplejson', 'beautifulsoup4', 'soupsieve', 'requests-oauthlib', 'oauthlib', 'docopt', 'toml', 'ply',
] as const

/** Benign packages that do for a living what malware does: each alone, without what it depends on. */
export const HARD = {
  npm: [
    'esbuild', 'sharp', 'node-gyp', 'bcrypt', 'puppeteer', 'puppeteer-core', 'playwright-core', 'electron', 'cypress', 'sqlite3', 'canvas',
    '@swc/core', 'node-sass', 'node-pty', 'keytar', 'bufferutil', 'protobufjs', 'core-js', 'husky', 'patch-package', 'node-gyp-build', 'prebuild-install',
    'ethers', 'web3', '@solana/web3.js', 'bip39', 'bitcoinjs-lib', 'aws-sdk', '@aws-sdk/client-s3', '@azure/identity', 'firebase-admin', 'stripe', 'discord.js', '@slack/web-api',
    'node-telegram-bot-api', 'openai', '@octokit/rest', 'googleapis', 'nodemailer', 'ssh2', 'dockerode',
    'javascript-obfuscator', 'uglify-js', 'terser', 'jsfuck', 'js-beautify', 'vm2', 'jsdom',
    'execa', 'shelljs', 'cross-spawn', 'zx', 'nodemon', 'pm2', 'concurrently', 'npm', 'yarn', 'pnpm', 'npx', 'node-notifier', 'clipboardy', 'screenshot-desktop',
    '@sentry/node', '@sentry/cli', 'posthog-node', 'next', 'dotenv', 'systeminformation', 'node-machine-id', 'localtunnel', 'ngrok', 'selenium-webdriver', 'chromedriver', 'got', 'crypto-js', 'node-forge',
  ],
  pypi: [
    'boto3', 'botocore', 'google-cloud-storage', 'google-auth', 'azure-identity', 'azure-storage-blob', 'stripe', 'slack-sdk', 'python-telegram-bot',
    'discord.py', 'openai', 'anthropic', 'tweepy', 'web3', 'eth-account', 'solana', 'bandit', 'pwntools', 'scapy', 'impacket', 'yara-python', 'pyarmor', 'mitmproxy', 'ropper', 'capstone',
    'pexpect', 'sh', 'fabric', 'invoke', 'paramiko', 'ansible-core', 'plumbum', 'pip', 'setuptools', 'virtualenv', 'poetry', 'wheel', 'uv', 'pipenv', 'pipx',
    'selenium', 'webdriver-manager', 'undetected-chromedriver', 'browser-cookie3', 'keyring', 'pynput', 'psutil', 'mss', 'pyperclip', 'pywin32-ctypes', 'playwright',
    'cryptography', 'pycryptodome', 'pyinstaller', 'cffi', 'cloudpickle', 'dill', 'py-cpuinfo', 'distro', 'getmac', 'dnspython', 'gitpython', 'docker', 'kubernetes', 'posthog', 'python-dotenv', 'requests-toolbelt', 'telethon', 'yt-dlp', 'nodeenv', 'python-minifier',
  ],
  /** Source distributions of packages whose `setup.py` does a lot. */
  sources: ['psutil', 'pyautogui', 'pynput', 'pyperclip', 'browser-cookie3', 'nodeenv', 'sh', 'gitpython', 'python-telegram-bot', 'undetected-chromedriver'],
} as const
