import type { Side } from './identity-documents.ts'

/**
 * Two packages of one name, on the day the younger one was new. Typed from memory: not every account is right, the shapes
 * are; addresses are of reserved domains, `example.com` standing for a mail service that everybody uses.
 */
export interface Pair { younger: 'npm' | 'pypi'; at: string; npm: Side; pypi: Side }

type Short = Partial<Side> & Pick<Side, 'version' | 'releases'>
type Common = Pick<Side, 'description'> & Partial<Side>

function pair(younger: Pair['younger'], at: string, common: Common & { npmName: string; pypiName: string }, sides: { npm: Short; pypi: Short }): Pair {
  const { npmName, pypiName, ...both } = common
  return { younger, at, npm: { repository: null, ...both, name: npmName, ...sides.npm }, pypi: { repository: null, ...both, name: pypiName, ...sides.pypi } }
}
const same = (name: string): { npmName: string; pypiName: string } => ({ npmName: name, pypiName: name })

/** Both are the same people's, or one is made for the other in the open. */
export const TWINS: readonly Pair[] = [
  // Versions in lock-step, one repository.
  pair('pypi', '2022-06-20', { npmName: '@sentry/cli', pypiName: 'sentry-cli', repository: 'getsentry/sentry-cli', description: 'A command line utility to work with Sentry.' },
    { npm: { version: '2.2.0', releases: 180, accounts: ['getsentry-bot', 'sentry-bot'], emails: ['accounts+npm@sentry.example'] }, pypi: { version: '2.2.0', releases: 1, emails: ['oss@sentry.example'] } }),
  pair('pypi', '2023-09-01', { ...same('tree-sitter-python'), repository: 'tree-sitter/tree-sitter-python', description: 'Python grammar for tree-sitter' },
    { npm: { version: '0.20.4', releases: 25, accounts: ['maxbrunsfeld', 'amaanq'], emails: ['maxbrunsfeld@example.com'] }, pypi: { version: '0.20.4', releases: 1, emails: ['maxbrunsfeld@example.com'] } }),
  pair('pypi', '2024-03-10', { ...same('tree-sitter-javascript'), repository: 'tree-sitter/tree-sitter-javascript', description: 'JavaScript grammar for tree-sitter' },
    { npm: { version: '0.20.4', releases: 40, accounts: ['maxbrunsfeld', 'amaanq'], emails: ['maxbrunsfeld@example.com'] }, pypi: { version: '0.20.4', releases: 1, emails: ['maxbrunsfeld@example.com', 'amaanq12@example.com'] } }),
  pair('pypi', '2018-11-05', { npmName: '@pulumi/aws', pypiName: 'pulumi-aws', repository: 'pulumi/pulumi-aws', description: 'A Pulumi package for creating and managing Amazon Web Services (AWS) cloud resources.' },
    { npm: { version: '0.16.2', releases: 300, accounts: ['joeduffy', 'lukehoban', 'pulumi-bot'], emails: ['joe@pulumi.example'] }, pypi: { version: '0.16.2', releases: 1 } }),
  pair('pypi', '2019-03-20', { npmName: '@pulumi/kubernetes', pypiName: 'pulumi-kubernetes', repository: 'pulumi/pulumi-kubernetes', description: 'A Pulumi package for creating and managing Kubernetes resources.' },
    { npm: { version: '0.21.1', releases: 200, accounts: ['joeduffy', 'lukehoban', 'pulumi-bot'], emails: ['joe@pulumi.example'] }, pypi: { version: '0.21.1', releases: 1 } }),
  pair('pypi', '2019-06-19', { npmName: '@aws-cdk/core', pypiName: 'aws-cdk-core', repository: 'aws/aws-cdk', description: 'AWS Cloud Development Kit Core Library' },
    { npm: { version: '0.35.0', releases: 30, accounts: ['aws-cdk-team', 'amzn-oss'], emails: ['aws-cdk-dev+npm@amazon.example'] }, pypi: { version: '0.35.0', releases: 1 } }),
  pair('pypi', '2020-12-17', { ...same('aws-cdk-lib'), repository: 'aws/aws-cdk', description: 'The AWS Cloud Development Kit library' },
    { npm: { version: '2.0.0-alpha.1', releases: 6, accounts: ['aws-cdk-team', 'amzn-oss'], emails: ['aws-cdk-dev+npm@amazon.example'] }, pypi: { version: '2.0.0a1', releases: 1 } }),
  pair('pypi', '2020-02-12', { ...same('constructs'), repository: 'aws/constructs', description: 'A programming model for composable configuration' },
    { npm: { version: '2.0.0', releases: 31, accounts: ['aws-cdk-team'], emails: ['aws-cdk-dev+npm@amazon.example'], readme: '# Constructs\n\nA programming model' }, pypi: { version: '2.0.0', releases: 1, readme: '# Constructs\n\nA programming model' } }),
  pair('pypi', '2018-12-04', { ...same('jsii'), repository: 'awslabs/jsii', description: '[jsii](https://github.com/awslabs/jsii) allows code in any language to naturally interact with JavaScript classes' },
    { npm: { version: '0.7.11', releases: 35, accounts: ['aws-cdk-team', 'amzn-oss'], emails: ['aws-jsii@amazon.example'] }, pypi: { version: '0.7.11', releases: 1 } }),
  pair('pypi', '2020-07-16', { ...same('cdktf'), repository: 'hashicorp/terraform-cdk', description: 'Cloud Development Kit for Terraform' },
    { npm: { version: '0.0.12', releases: 60, accounts: ['hashicorp-npm', 'skorfmann'], emails: ['npm@hashicorp.example'] }, pypi: { version: '0.0.12', releases: 1 } }),
  pair('pypi', '2022-12-01', { ...same('lefthook'), repository: 'evilmartians/lefthook', description: 'Simple git hooks manager' },
    { npm: { version: '1.2.4', releases: 90, accounts: ['mrexox', 'palkan'], emails: ['lefthook@evilmartians.example'] }, pypi: { version: '1.2.4', releases: 1, emails: ['lefthook@evilmartians.example'] } }),
  pair('pypi', '2023-02-20', { npmName: '@ast-grep/cli', pypiName: 'ast-grep-cli', repository: 'ast-grep/ast-grep', description: 'Structural Search and Rewrite code at large scale using precise AST pattern.' },
    { npm: { version: '0.4.1', releases: 15, accounts: ['herringtondarkholme'], emails: ['2883231+herringtondarkholme@users.noreply.github.com'] }, pypi: { version: '0.4.1', releases: 1, emails: ['2883231+herringtondarkholme@users.noreply.github.com'] } }),
  pair('npm', '2022-06-24', { ...same('z3-solver'), repository: 'Z3Prover/z3', description: 'Z3 is a theorem prover from Microsoft Research' },
    { npm: { version: '4.9.0', releases: 1, accounts: ['ritave', 'bakkot'], emails: ['olaf@tomalka.example'] }, pypi: { version: '4.9.0.0', releases: 45, emails: ['z3-users@lists.example'] } }),
  pair('npm', '2021-01-20', { ...same('duckdb'), repository: 'duckdb/duckdb', description: 'DuckDB is an embeddable SQL OLAP Database Management System' },
    { npm: { version: '0.2.4', releases: 1, accounts: ['hannesmuehleisen'], emails: ['hannes@cwi.example'] }, pypi: { version: '0.2.4', releases: 120, emails: ['hannes@cwi.example'] } }),
  pair('npm', '2020-03-10', { ...same('onnxruntime'), repository: 'microsoft/onnxruntime', description: 'ONNX Runtime is a runtime accelerator for Machine Learning models' },
    { npm: { version: '1.2.0', releases: 1, accounts: ['fs-eire', 'microsoft1es'], emails: ['onnxruntime@microsoft.example', 'npm@microsoft.example'] }, pypi: { version: '1.2.0', releases: 16, emails: ['onnx@microsoft.example'] } }),
  pair('pypi', '2019-08-01', { npmName: '@jupyterlab/git', pypiName: 'jupyterlab-git', repository: 'jupyterlab/jupyterlab-git', description: 'A JupyterLab extension for version control using git' },
    { npm: { version: '0.8.0', releases: 12, accounts: ['jupyterlab-dev', 'jtpio'], emails: ['jupyter@googlegroups.example'] }, pypi: { version: '0.8.0', releases: 1, emails: ['jupyter@googlegroups.example'] } }),
  pair('pypi', '2017-05-02', { ...same('ipyvolume'), repository: 'maartenbreddels/ipyvolume', description: 'IPython widget for rendering 3d volumes' },
    { npm: { version: '0.3.0', releases: 12, accounts: ['maartenbreddels'], emails: ['maartenbreddels@example.com'] }, pypi: { version: '0.3.0', releases: 1, emails: ['maartenbreddels@example.com'] } }),
  // One organisation, a repository a language.
  pair('pypi', '2020-08-05', { ...same('playwright'), description: 'A high-level API to automate web browsers' },
    { npm: { version: '1.3.0', releases: 400, repository: 'microsoft/playwright', accounts: ['aslushnikov', 'dgozman-ms', 'pavelfeldman'], emails: ['aslushnikov@example.com', 'yurys@microsoft.example'] }, pypi: { version: '0.0.3', releases: 1, repository: 'microsoft/playwright-python' } }),
  pair('pypi', '2019-03-26', { ...same('botbuilder-core'), description: 'Microsoft Bot Framework Bot Builder' },
    { npm: { version: '4.3.0', releases: 110, repository: 'Microsoft/botbuilder-js', accounts: ['botframework', 'microsoft1es'], emails: ['botframework@microsoft.example'] }, pypi: { version: '4.0.0a6', releases: 2, repository: 'Microsoft/botbuilder-python', emails: ['bf-reports@microsoft.example'] } }),
  pair('pypi', '2018-11-20', { ...same('azure-iot-device'), description: 'Microsoft Azure IoT Device Library' },
    { npm: { version: '1.8.0', releases: 80, repository: 'Azure/azure-iot-sdk-node', accounts: ['azureiot', 'microsoft1es'], emails: ['azureiotclientsdk@microsoft.example'] }, pypi: { version: '0.0.0', releases: 1, repository: 'Azure/azure-iot-sdk-python-preview', emails: ['opensource@microsoft.example'] } }),
  pair('npm', '2011-10-01', { ...same('stripe'), description: 'Stripe API wrapper' },
    { npm: { version: '1.0.0', releases: 1, repository: 'stripe/stripe-node', accounts: ['stripe'], emails: ['support@stripe.example'] }, pypi: { version: '1.5.2', releases: 31, repository: null, emails: ['support@stripe.example'] } }),
  pair('npm', '2021-12-13', { ...same('openai'), description: 'Node.js library for the OpenAI API' },
    { npm: { version: '2.0.2', releases: 3, repository: 'openai/openai-node', accounts: ['schnerd', 'openai-npm'], emails: ['support@openai.example'] }, pypi: { version: '0.11.4', releases: 33, repository: 'openai/openai-python', emails: ['support@openai.example'] } }),
  pair('pypi', '2015-06-10', { ...same('minio'), description: 'Minio client library' },
    { npm: { version: '0.2.2', releases: 30, repository: 'minio/minio-js', accounts: ['minio', 'krishnasrinivas'], emails: ['dev@minio.example'] }, pypi: { version: '0.1.0', releases: 1, repository: 'minio/minio-py', emails: ['dev@minio.example'] } }),
  pair('npm', '2013-01-15', { ...same('algoliasearch'), description: 'Algolia Search API client' },
    { npm: { version: '1.4.2', releases: 1, repository: 'algolia/algoliasearch-client-node', accounts: ['redox', 'algolia'], emails: ['contact@algolia.example'] }, pypi: { version: '1.4.2', releases: 31, repository: 'algolia/algoliasearch-client-python', emails: ['contact@algolia.example'] } }),
  pair('pypi', '2020-03-30', { npmName: '@opentelemetry/api', pypiName: 'opentelemetry-api', description: 'OpenTelemetry API' },
    { npm: { version: '0.5.2', releases: 30, repository: 'open-telemetry/opentelemetry-js', accounts: ['bogdandrutu', 'dyladan', 'pichlermarc'], emails: ['cncf-opentelemetry-contributors@cncf.example'] }, pypi: { version: '0.5b0', releases: 2, repository: 'open-telemetry/opentelemetry-python', emails: ['cncf-opentelemetry-contributors@cncf.example'] } }),
  pair('npm', '2023-02-16', { ...same('langchain'), description: 'Typescript bindings for langchain' },
    { npm: { version: '0.0.4', releases: 3, repository: 'hwchase17/langchainjs', accounts: ['hwchase17', 'nfcampos'], emails: ['hw.chase.17@example.com'] }, pypi: { version: '0.0.88', releases: 90, repository: 'hwchase17/langchain' } }),
  pair('npm', '2023-03-01', { ...same('chromadb'), repository: 'chroma-core/chroma', description: 'A JavaScript interface for chroma' },
    { npm: { version: '1.2.1', releases: 2, accounts: ['jeffchuber', 'antontroynikov'], emails: ['jeff@trychroma.example'] }, pypi: { version: '0.3.10', releases: 31, emails: ['jeff@trychroma.example', 'anton@trychroma.example'] } }),
  pair('npm', '2015-09-23', { ...same('flatbuffers'), repository: 'google/flatbuffers', description: 'Memory Efficient Serialization Library' },
    { npm: { version: '1.2.0', releases: 1, accounts: ['evolvedlight', 'aardappel'], emails: ['aardappel@example.com'] }, pypi: { version: '2015.5.14.0', releases: 5, emails: ['me@rwinslow.example'] } }),
  // Other people, in the open.
  pair('pypi', '2018-02-12', { ...same('vega-datasets'), description: 'A Python package for offline access to Vega datasets' },
    { npm: { version: '1.19.0', releases: 30, repository: 'vega/vega-datasets', description: 'Common repository for example datasets used by Vega related projects.', accounts: ['domoritz', 'jheer', 'kanitw'], emails: ['domoritz@example.com'] }, pypi: { version: '0.3.0', releases: 1, repository: 'altair-viz/vega_datasets', emails: ['jakevdp@example.com'] } }),
  pair('pypi', '2021-05-08', { ...same('pyright'), description: 'Command line wrapper for pyright' },
    { npm: { version: '1.1.137', releases: 250, repository: 'microsoft/pyright', description: 'Type checker for the Python language', accounts: ['msft-pyright', 'erictraut'], emails: ['erictr@microsoft.example'] }, pypi: { version: '0.0.1', releases: 1, repository: 'RobertCraigie/pyright-python', emails: ['robert@craigie.example'] } }),
]

function strangers(younger: Pair['younger'], name: string, older: Short & { description: string; repository: string }, newer: Short & { description: string; repository: string | null }): Pair {
  const side = (one: Short & { description: string; repository: string | null }, owner: string): Side => ({ name, accounts: [owner], emails: [`${owner}@example.com`], ...one })
  const [oldOwner, newOwner] = [older.repository.split('/')[0] ?? '', newer.repository?.split('/')[0] ?? `author-of-${name}`]
  const [old, young] = [side(older, oldOwner), side(newer, newOwner)]
  return { younger, at: '2020-05-01', npm: younger === 'npm' ? young : old, pypi: younger === 'pypi' ? young : old }
}

/** Projects that have nothing in common but a word. */
export const STRANGERS: readonly Pair[] = [
  strangers('npm', 'requests', { version: '2.23.0', releases: 140, repository: 'psf/requests', description: 'Python HTTP for Humans.' }, { version: '0.1.3', releases: 2, repository: 'ngot/requests', description: 'The "Request" library with promises' }),
  strangers('pypi', 'chalk', { version: '4.0.0', releases: 32, repository: 'chalk/chalk', description: 'Terminal string styling done right' }, { version: '0.2.1', releases: 1, repository: 'tomwright01/chalk-py', description: 'Logging with colours' }),
  strangers('npm', 'flask', { version: '1.1.2', releases: 34, repository: 'pallets/flask', description: 'A simple framework for building complex web applications.' }, { version: '0.2.4', releases: 2, repository: 'vistarnode/flask', description: 'A bottle for express' }),
  strangers('pypi', 'colors', { version: '1.4.0', releases: 30, repository: 'Marak/colors.js', description: 'get colors in your node.js console' }, { version: '1.0.0', releases: 1, repository: 'jonathaneunice/colors', description: 'Color manipulation' }),
  strangers('pypi', 'pump', { version: '3.0.0', releases: 13, repository: 'mafintosh/pump', description: 'pipe streams together and close all of them if one of them closes' }, { version: '3.0.0', releases: 1, repository: 'waterworks/pump', description: 'Reads water pumps over Modbus' }),
  strangers('pypi', 'express', { version: '4.17.1', releases: 260, repository: 'expressjs/express', description: 'Fast, unopinionated, minimalist web framework' }, { version: '0.0.1', releases: 1, repository: null, description: 'Gene expression analysis' }),
  strangers('pypi', 'commander', { version: '5.1.0', releases: 90, repository: 'tj/commander.js', description: 'the complete solution for node.js command-line programs' }, { version: '5.1', releases: 1, repository: 'ericmjl/commander', description: 'Runs commands from a menu' }),
  strangers('pypi', 'async', { version: '3.2.0', releases: 90, repository: 'caolan/async', description: 'Higher-order functions and common patterns for asynchronous code' }, { version: '0.6.2', releases: 3, repository: 'gitpython-developers/async', description: 'Async Framework' }),
  strangers('pypi', 'debug', { version: '4.1.1', releases: 65, repository: 'visionmedia/debug', description: 'small debugging utility' }, { version: '0.3.2', releases: 1, repository: 'narfdotpl/debug', description: 'start debugging your code by simply importing this module' }),
  strangers('pypi', 'glob', { version: '7.1.6', releases: 120, repository: 'isaacs/node-glob', description: 'a little globber' }, { version: '0.7', releases: 2, repository: null, description: 'Global variables for notebooks' }),
  strangers('pypi', 'request', { version: '2.88.2', releases: 126, repository: 'request/request', description: 'Simplified HTTP request client.' }, { version: '2019.4.13', releases: 3, repository: 'looking-for-a-job/request.py', description: 'GET/POST/PUT helpers' }),
  strangers('pypi', 'moment', { version: '2.25.3', releases: 70, repository: 'moment/moment', description: 'Parse, validate, manipulate, and display dates' }, { version: '0.12.1', releases: 3, repository: 'zachwill/moment', description: 'Dealing with dates in Python shouldn\'t have to suck' }),
  strangers('pypi', 'underscore', { version: '1.10.2', releases: 70, repository: 'jashkenas/underscore', description: 'JavaScript\'s functional programming helper library.' }, { version: '0.1.6', releases: 2, repository: 'serkanyersen/underscore.py', description: 'A port of underscore.js' }),
  strangers('npm', 'redis', { version: '3.5.0', releases: 60, repository: 'andymccurdy/redis-py', description: 'Python client for Redis key-value store' }, { version: '0.0.1', releases: 1, repository: 'mranney/node_redis', description: 'Redis client library' }),
  strangers('npm', 'bottle', { version: '0.12.18', releases: 80, repository: 'bottlepy/bottle', description: 'Fast and simple WSGI-framework for small web-applications.' }, { version: '0.2.0', releases: 2, repository: 'young-steveo/bottle', description: 'Dependency injection' }),
  strangers('npm', 'click', { version: '7.1.2', releases: 35, repository: 'pallets/click', description: 'Composable command line interface toolkit' }, { version: '7.1.2', releases: 1, repository: 'tapgestures/click', description: 'Finds elements and clicks on them' }),
  strangers('npm', 'rich', { version: '1.1.0', releases: 40, repository: 'willmcgugan/rich', description: 'Render rich text, tables, progress bars' }, { version: '0.9.1', releases: 3, repository: 'richjs/rich', description: 'Rich text editing on a canvas' }),
  strangers('npm', 'celery', { version: '4.4.2', releases: 180, repository: 'celery/celery', description: 'Distributed Task Queue.' }, { version: '0.2.8', releases: 3, repository: 'mher/node-celery', description: 'Celery client for Node' }),
  strangers('npm', 'faker', { version: '4.1.0', releases: 200, repository: 'joke2k/faker', description: 'Faker is a Python package that generates fake data for you.' }, { version: '0.1.3', releases: 3, repository: 'Marak/faker.js', description: 'generate massive amounts of fake contextual data' }),
  strangers('npm', 'markdown', { version: '3.2.2', releases: 60, repository: 'Python-Markdown/markdown', description: 'Python implementation of Markdown.' }, { version: '0.5.0', releases: 1, repository: 'evilstreak/markdown-js', description: 'A sensible Markdown parser for javascript' }),
  strangers('pypi', 'mock', { version: '0.1.1', releases: 31, repository: 'felixge/node-mock', description: 'Replaces modules' }, { version: '4.0.2', releases: 1, repository: 'testing-cabal/mock', description: 'Rolling backport of unittest.mock' }),
  strangers('npm', 'tornado', { version: '6.0.4', releases: 65, repository: 'tornadoweb/tornado', description: 'Tornado is a Python web framework' }, { version: '0.0.2', releases: 1, repository: 'stormjs/tornado', description: 'Weather charts' }),
  strangers('npm', 'toml', { version: '0.10.0', releases: 35, repository: 'uiri/toml', description: 'Python Library for Tom\'s Obvious, Minimal Language' }, { version: '2.3.6', releases: 1, repository: 'BinaryMuse/toml-node', description: 'TOML parser for Node.js (parses TOML spec v0.4.0)' }),
  strangers('pypi', 'uuid', { version: '8.0.0', releases: 40, repository: 'uuidjs/uuid', description: 'RFC4122 (v1, v4, and v5) UUIDs' }, { version: '1.30', releases: 1, repository: null, description: 'UUID object and generation functions (Python 2.3 or higher)' }),
  strangers('pypi', 'semver', { version: '7.3.2', releases: 80, repository: 'npm/node-semver', description: 'The semantic version parser used by npm.' }, { version: '2.10.1', releases: 3, repository: 'python-semver/python-semver', description: 'Python helper for Semantic Versioning (http://semver.org/)' }),
  strangers('pypi', 'socket-io-client', { version: '2.3.0', releases: 120, repository: 'socketio/socket.io-client', description: 'Realtime application framework client' }, { version: '0.1.0', releases: 1, repository: 'pyio/socket-io-client', description: 'A socket.io client for Python' }),
  strangers('npm', 'black', { version: '19.10.0', releases: 31, repository: 'psf/black', description: 'The uncompromising code formatter.' }, { version: '0.3.0', releases: 1, repository: 'blackjs/black', description: 'A dark theme' }),
  strangers('pypi', 'html-parser', { version: '0.11.0', releases: 31, repository: 'tmont/html-parser', description: 'HTML/XML parser with less explosions' }, { version: '0.2.1', releases: 2, repository: 'kylef/html-parser', description: 'Pulls tables out of pages' }),
  strangers('npm', 'beautifulsoup4', { version: '4.9.0', releases: 60, repository: 'waylan/beautifulsoup', description: 'Screen-scraping library' }, { version: '0.1.1', releases: 1, repository: 'soupjs/beautifulsoup4', description: 'JSSoup under another name' }),
  strangers('pypi', 'event-stream', { version: '4.0.1', releases: 80, repository: 'dominictarr/event-stream', description: 'construct pipes of streams of events' }, { version: '0.4.0', releases: 1, repository: 'eventsrc/event-stream', description: 'Server-sent events for Django' }),
]
