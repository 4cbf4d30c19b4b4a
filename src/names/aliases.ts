import type { EcosystemId } from '../core/types.ts'
import { wordsOf } from './forms.ts'
import type { Protected, Told } from './kinds.ts'
import type { Parts } from './parts.ts'

/**
 * Names that people, or assistants that write code, put where another one belongs. No spelling tells them, so they are
 * listed: `wrong:right` by canonical name. That a wrong name is listed says nothing against a package that has it.
 */
type Aliases = ReadonlyMap<string, readonly string[]>

function aliases(list: string): Aliases {
  const all = new Map<string, string[]>()
  for (const pair of list.trim().split(/\s+/)) {
    const [wrong = '', right = ''] = pair.split(':')
    all.set(wrong, [...(all.get(wrong) ?? []), right])
  }
  return all
}

/** What a package is imported or known as, where that is not what it is installed as. */
const KNOWN_AS: Readonly<Record<EcosystemId, Aliases>> = {
  pypi: aliases(`
    bs4:beautifulsoup4 beautifulsoup:beautifulsoup4 beautiful-soup:beautifulsoup4 soup:beautifulsoup4 sklearn:scikit-learn scikit:scikit-learn
    skimage:scikit-image cv2:opencv-python cv:opencv-python opencv:opencv-python opencv-contrib:opencv-contrib-python yaml:pyyaml pil:pillow
    image:pillow crypto:pycryptodome pycrypto:pycryptodome cryptodome:pycryptodomex openssl:pyopenssl ssl:pyopenssl dateutil:python-dateutil
    dotenv:python-dotenv jose:python-jose magic:python-magic docx:python-docx pptx:python-pptx slugify:python-slugify multipart:python-multipart
    ldap:python-ldap telegram:python-telegram-bot gitlab:python-gitlab levenshtein:python-levenshtein memcached:python-memcached
    memcache:python-memcached socketio:python-socketio engineio:python-engineio snappy:python-snappy json-logger:python-json-logger
    pythonjsonlogger:python-json-logger decouple:python-decouple consul:python-consul jwt:pyjwt jws:pyjwt git:gitpython github:pygithub nacl:pynacl
    serial:pyserial usb:pyusb bluetooth:pybluez mysql:mysqlclient mysqldb:mysqlclient mysql-connector:mysql-connector-python pymysqldb:pymysql
    psycopg:psycopg2 postgres:psycopg2 postgresql:psycopg2 postgresql:psycopg2-binary pgsql:psycopg2 mongo:pymongo mongodb:pymongo bson:pymongo
    gridfs:pymongo redis-py:redis pyredis:redis kafka:kafka-python rabbitmq:pika elastic:elasticsearch es:elasticsearch attr:attrs
    rest-framework:djangorestframework django-rest-framework:djangorestframework drf:djangorestframework django-rest:djangorestframework
    corsheaders:django-cors-headers django-cors:django-cors-headers django-env:django-environ environ:django-environ allauth:django-allauth
    debug-toolbar:django-debug-toolbar crispy-forms:django-crispy-forms storages:django-storages celery-beat:django-celery-beat
    flask-restful-api:flask-restful flask-jwt:flask-jwt-extended tf:tensorflow pytorch:torch pytorch-gpu:torch torchvison:torchvision
    hf-transformers:transformers huggingface:huggingface-hub hugging-face:huggingface-hub lightning-pytorch:pytorch-lightning xgb:xgboost
    lgbm:lightgbm np:numpy pd:pandas plt:matplotlib pyplot:matplotlib mpl:matplotlib sns:seaborn scipy-stats:scipy nx:networkx faiss:faiss-cpu
    imblearn:imbalanced-learn pkg-resources:setuptools distutils:setuptools setup-tools:setuptools google-cloud:google-cloud-storage
    google-api:google-api-python-client googleapiclient:google-api-python-client google-oauth:google-auth aws:boto3 boto:boto3 aws-sdk:boto3
    s3:boto3 azure:azure-core azure-storage:azure-storage-blob azure-keyvault:azure-keyvault-secrets fitz:pymupdf mupdf:pymupdf pypdf2:pypdf
    pdfminer:pdfminer-six pdf2:pypdf2 xlsx:openpyxl excel:openpyxl xls:xlrd html5:html5lib xml:lxml etree:lxml request:requests urllib:urllib3
    urllib2:urllib3 httplib:httplib2 httplib3:httplib2 websocket:websocket-client ws:websockets zmq:pyzmq win32api:pywin32 win32com:pywin32
    win32:pywin32 pywintypes:pywin32 gi:pygobject gobject:pygobject cairo:pycairo qt5:pyqt5 qt6:pyqt6 pyside:pyside6 wx:wxpython opengl:pyopengl
    game:pygame enum:enum34 py-test:pytest nose-tests:nose coverage-py:coverage flake:flake8 pep8:pycodestyle discord:discord-py
    discordpy:discord-py tweepy-api:tweepy telethon-client:telethon stripe-python:stripe twilio-python:twilio sendgrid-python:sendgrid
    openai-python:openai openai-api:openai chatgpt:openai gpt:openai anthropic-sdk:anthropic claude:anthropic langchain-llm:langchain
    tiktoken-py:tiktoken geojson-py:geojson shapely-geo:shapely gdal-python:gdal osgeo:gdal netcdf:netcdf4 hdf5:h5py h5:h5py influx:influxdb
    prometheus:prometheus-client kube:kubernetes k8s:kubernetes docker-py:docker dockerpy:docker ruamel:ruamel-yaml clickhouse:clickhouse-driver
    cassandra:cassandra-driver neo4j-driver:neo4j ssh:paramiko sftp:pysftp scrapy-spider:scrapy webdriver:selenium chrome-driver:chromedriver-binary
    undetected:undetected-chromedriver progressbar:progressbar2 whois:python-whois nmap:python-nmap scapy-python:scapy web3py:web3 ethereum:web3
    solana-py:solana bitcoin:bitcoinlib ccxt-py:ccxt binance:python-binance
  `),
  npm: aliases(`
    crossenv:cross-env cross-env.js:cross-env babelcli:babel-cli d3.js:d3 fabric-js:fabric ffmepg:ffmpeg http-proxy.js:http-proxy jquery.js:jquery
    mariadb:mysql2 mongose:mongoose mssql.js:mssql mssql-node:mssql mysqljs:mysql node-fabric:fabric node-opencv:opencv nodecaffe:caffe
    nodefabric:fabric nodeffmpeg:fluent-ffmpeg nodemailer-js:nodemailer nodemailer.js:nodemailer nodemssql:mssql noderequest:request
    nodesass:node-sass nodesqlite:sqlite3 node-sqlite:sqlite3 opencv.js:opencv openssl.js:openssl proxy.js:proxy sqliter:sqlite3 sqlserver:mssql
    sqlite.js:sqlite3 postgresql:pg pgsql:pg pg-js:pg mongo:mongodb redis-client:redis rabbitmq:amqplib kafka:kafkajs elasticsearch-js:elasticsearch
    dot-env:dotenv jsonwebtoken-js:jsonwebtoken jwt:jsonwebtoken bcryptjs-node:bcryptjs socketio:socket.io socket-io:socket.io
    socketio-client:socket.io-client expressjs:express express.js:express reactjs:react react.js:react react-js:react vuejs:vue vue.js:vue
    vue-js:vue angularjs:angular nextjs:next next.js:next next-js:next nuxtjs:nuxt nestjs:@nestjs/core nest:@nestjs/core svelte-js:svelte
    typescript-compiler:typescript tsc:typescript webpack-js:webpack rollup-js:rollup babel:@babel/core eslint-js:eslint prettier-js:prettier
    jest-js:jest mocha-js:mocha chai-js:chai sinon-js:sinon lodash-js:lodash lodash.js:lodash lo-dash:lodash underscore.js:underscore
    underscore-js:underscore momentjs:moment moment.js:moment axios-js:axios axios-http:axios cheerio-js:cheerio puppeteer-js:puppeteer
    playwright-js:playwright selenium:selenium-webdriver aws:aws-sdk s3:aws-sdk s3:@aws-sdk/client-s3 firebase-js:firebase openai-api:openai
    chatgpt:openai openai-node:openai anthropic:@anthropic-ai/sdk anthropic-sdk:@anthropic-ai/sdk claude-code:@anthropic-ai/claude-code
    claude:@anthropic-ai/sdk stripe-node:stripe stripe-js:@stripe/stripe-js twilio-node:twilio slack-sdk:@slack/web-api discord:discord.js
    discordjs:discord.js discord-js:discord.js discord.io:discord.js tailwind:tailwindcss tailwind-css:tailwindcss bootstrap-css:bootstrap
    material-ui:@mui/material mui:@mui/material fontawesome:@fortawesome/fontawesome-free three.js:three threejs:three chartjs:chart.js
    chart-js:chart.js d3js:d3 uuidv4:uuid yargs-parser-js:yargs-parser commander.js:commander colorjs:colors prisma-client:@prisma/client
    graphql-js:graphql apollo-client:@apollo/client apollo-server:@apollo/server redux-toolkit:@reduxjs/toolkit react-query:@tanstack/react-query
    tanstack-query:@tanstack/react-query vite-react:@vitejs/plugin-react storybook-react:@storybook/react supabase:@supabase/supabase-js
    supabase-js:@supabase/supabase-js sentry:@sentry/node octokit-rest:@octokit/rest web3js:web3 web3.js:web3 ethersjs:ethers ethers.js:ethers
    solana-web3:@solana/web3.js solana-web3.js:@solana/web3.js solana-web3js:@solana/web3.js
  `),
  go: aliases(`
     github.com/golang/net:golang.org/x/net github.com/golang/crypto:golang.org/x/crypto github.com/golang/sys:golang.org/x/sys
     github.com/golang/text:golang.org/x/text github.com/golang/sync:golang.org/x/sync github.com/golang/tools:golang.org/x/tools
     github.com/golang/oauth2:golang.org/x/oauth2 github.com/golang/time:golang.org/x/time github.com/golang/term:golang.org/x/term
     github.com/golang/mod:golang.org/x/mod github.com/golang/exp:golang.org/x/exp github.com/grpc/grpc-go:google.golang.org/grpc
     github.com/protocolbuffers/protobuf-go:google.golang.org/protobuf github.com/uber-go/zap:go.uber.org/zap
     github.com/uber-go/atomic:go.uber.org/atomic github.com/uber-go/multierr:go.uber.org/multierr github.com/uber-go/fx:go.uber.org/fx
     github.com/go-yaml/yaml:gopkg.in/yaml.v3 github.com/mongodb/mongo-go-driver:go.mongodb.org/mongo-driver
     github.com/etcd-io/bbolt:go.etcd.io/bbolt github.com/boltdb/bolt:go.etcd.io/bbolt github.com/kubernetes/client-go:k8s.io/client-go
     github.com/kubernetes/api:k8s.io/api github.com/kubernetes/apimachinery:k8s.io/apimachinery github.com/kubernetes/klog:k8s.io/klog
     github.com/open-telemetry/opentelemetry-go:go.opentelemetry.io/otel github.com/go-gorm/gorm:gorm.io/gorm github.com/jinzhu/gorm:gorm.io/gorm
     github.com/dgrijalva/jwt-go:github.com/golang-jwt/jwt github.com/satori/go.uuid:github.com/google/uuid
     github.com/go-check/check:gopkg.in/check.v1 github.com/pkg/error:github.com/pkg/errors
  `),
}

/** Names that assistants were seen to suggest and that their makers never published under; who takes one is installed unasked. */
const SUGGESTED: Readonly<Record<EcosystemId, Aliases>> = {
  pypi: aliases(`
    huggingface-cli:huggingface-hub huggingface-hub-cli:huggingface-hub transformers-cli:transformers openai-client:openai openai-sdk:openai
    anthropic-client:anthropic langchain-client:langchain pinecone-python:pinecone qdrant-python:qdrant-client chroma-client:chromadb
    weaviate:weaviate-client redis-client:redis mongo-client:pymongo postgres-client:psycopg2 elasticsearch-client:elasticsearch
    requests-client:requests flask-api-client:flask fastapi-client:fastapi fastapi-middleware:fastapi starlette-middleware:starlette
    sqlalchemy-orm:sqlalchemy pytorch-cuda:torch graph-neural-network:torch-geometric pandas-utils:pandas numpy-utils:numpy
    scikit-learn-utils:scikit-learn aws-lambda-client:boto3 aws-boto3:boto3 google-genai-client:google-genai azure-openai:openai
    slack-client:slack-sdk discord-client:discord-py telegram-client:python-telegram-bot stripe-client:stripe twilio-client:twilio
    kafka-client:kafka-python mqtt-client:paho-mqtt ollama-client:ollama mistral-client:mistralai
  `),
  npm: aliases(`
    react-codeshift:jscodeshift unused-imports:eslint-plugin-unused-imports openai-client:openai openai-sdk:openai
    anthropic-client:@anthropic-ai/sdk langchain-js:langchain langchain-client:langchain express-middleware:express mongodb-client:mongodb
    postgres-client:pg mysql-client:mysql2 elasticsearch-client:@elastic/elasticsearch kafka-client:kafkajs aws-sdk-client:aws-sdk
    aws-s3-client:@aws-sdk/client-s3 dynamodb-client:@aws-sdk/client-dynamodb firebase-client:firebase stripe-client:stripe twilio-client:twilio
    slack-client:@slack/web-api discord-client:discord.js telegram-client:telegraf graphql-request-client:graphql-request websocket-client:ws
    redis-sdk:redis huggingface-js:@huggingface/inference huggingface-inference:@huggingface/inference pinecone-client:@pinecone-database/pinecone
    supabase-client:@supabase/supabase-js nextjs-auth:next-auth react-hooks-form:react-hook-form react-router-hooks:react-router
    typescript-utils:typescript vite-plugin-typescript:vite jest-mock-axios-client:axios
  `),
  go: aliases(`
    github.com/openai/openai-client-go:github.com/openai/openai-go github.com/openai/go-openai:github.com/sashabaranov/go-openai
    github.com/redis/redis-client:github.com/redis/go-redis github.com/mongodb/mongo-go:go.mongodb.org/mongo-driver
    github.com/anthropic/anthropic-sdk-go:github.com/anthropics/anthropic-sdk-go github.com/postgres/pgx:github.com/jackc/pgx
  `),
}

/** The rule behind most suggestions: a library, and what a kit for it would be called. */
const KIT: ReadonlySet<string> = new Set(['client', 'cli', 'sdk', 'api', 'driver', 'connector'])

/** What a listed name stands for, and the library whose kit a name claims to be, where these are protected. */
export function known(ecosystem: EcosystemId, { name, elements }: Parts, find: (name: string) => Protected | null): { target: Protected; told: Told }[] {
  const plain = ecosystem === 'pypi' ? elements[0] ?? name : name
  const listed = (kind: 'alias' | 'invented', names: readonly string[], says: (right: string) => string): { target: Protected; told: Told }[] =>
    names.flatMap((right) => {
      const target = right === name ? null : find(right)
      return target === null ? [] : [{ target, told: { kind, says: says(right) } }]
    })
  return [
    ...listed('alias', KNOWN_AS[ecosystem].get(plain) ?? [], (right) => `\`${name}\` is what \`${right}\` is known as, not what it is installed as`),
    ...listed('invented', SUGGESTED[ecosystem].get(plain) ?? [], (right) => `\`${name}\` is a name that assistants suggest where \`${right}\` is meant`),
    ...listed('invented', kitOf(ecosystem, elements), (right) => `\`${name}\` sounds like the kit of \`${right}\`, the kind of name that assistants invent`),
  ]
}

function kitOf(ecosystem: EcosystemId, elements: readonly string[]): string[] {
  const words = elements.length === 1 && ecosystem !== 'go' ? wordsOf(elements[0] ?? '') : []
  return words.length === 2 && KIT.has(words[1] ?? '') && (words[0] ?? '').length >= 4 ? [words[0] ?? ''] : []
}
