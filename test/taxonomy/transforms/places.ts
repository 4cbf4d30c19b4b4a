import { between, carrier, edited } from '../program.ts'
import type { Program } from '../program.ts'
import { nodesOf, stringsOf } from '../syntax.ts'
import type { Tree } from '../syntax.ts'
import type { Files, Transform } from './transform.ts'

const plain = (text: string): Program => ({ text, marks: [] })
const folder = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1)

/** The program's own relative addresses still hold one folder further down. */
function deeper(code: Program): Program {
  const nested = stringsOf(code.text).filter(({ value }) => value.startsWith('./') && /\.(?:json|js|txt)$/.test(value))
  const moved = edited(code, nested.map(({ node, value }) => ({ from: node.start, to: node.end, text: JSON.stringify(`../${value.slice(2)}`) })))
  const own = nodesOf(moved.text).filter(({ node, parent }) => node.type === 'Identifier' && node.name === '__dirname' && parent.type !== 'Property')
  return edited(moved, own.map(({ node }) => ({ from: node.start, to: node.end, text: "require('path').join(__dirname, '..')" })))
}

const moved = (id: string, apply: (code: Program, path: string) => Files, is: Transform['is'] = []): Transform => ({ id, group: 'moved files', apply, is })

export const movedFiles: readonly Transform[] = [
  moved('lib-required', (code, path) => ({ [path]: plain("require('./lib/core')\n"), 'lib/core.js': deeper(code) })),
  moved('re-exported', (code, path) => ({ [path]: plain("module.exports = require('./lib')\n"), 'lib/index.js': plain("module.exports = { ...require('./core') }\n"), 'lib/core.js': deeper(code) })),
  moved('folded-name', (code, path) => ({ [path]: plain("const part = ['co', 're'].join('')\nrequire('./li' + 'b/' + part + '.js')\n"), 'lib/core.js': deeper(code) })),
  moved('dist', (code, path) => ({ [path]: plain("module.exports = require('./dist/index.min.js')\n"), 'dist/index.min.js': deeper(code) })),
  moved('test-folder', (code, path) => ({ [path]: plain("try { require('./test/setup.spec.js') } catch {}\n"), 'test/setup.spec.js': deeper(code) })),
  moved('commonjs-ending', (code, path) => ({ [path]: plain("require('./core.cjs')\n"), 'core.cjs': code })),
  moved('dotted-folder', (code, path) => ({ [path]: plain("require('./.cache/' + 'index')\n"), '.cache/index.js': deeper(code) })),
  moved('imported-module', (code, path) => ({ [path]: plain("import('./core.mjs').catch(() => {})\n"), 'core.mjs': asModule(code) })),
  moved('spawned', (code, path) => ({ [path]: plain("require('child_process').spawn('node', [__dirname + '/lib/core.js'], { detached: true })\n"), 'lib/core.js': deeper(code) })),
  moved('forked', (code, path) => ({ [path]: plain("require('child_process').fork(require('path').join(__dirname, 'lib', 'core.js'))\n"), 'lib/core.js': deeper(code) })),
  moved('worker', (code, path) => ({ [path]: plain("const { Worker } = require('worker_threads')\nnew Worker(require.resolve('./lib/core.js'))\n"), 'lib/core.js': deeper(code) })),
  moved('called-later', (code, path) => ({ [path]: plain("const { run } = require('./lib/core')\nrun()\n"), 'lib/core.js': between('exports.run = function () {\n', deeper(code), '\n}\n') })),
  moved('default-export', (code, path) => ({ [path]: plain("const core = require('./lib/core')\nnew core.Loader({}).start()\n"), 'lib/core.js': between('class Loader {\n  constructor(options) { this.options = options }\n  start() {\n', deeper(code), '\n  }\n}\nmodule.exports = { Loader }\n') })),
  moved('requires-elsewhere', (code, path) => {
    const found = requires(code.text)
    const edits = found.map(({ node, spec }) => ({ from: node.start, to: node.end, text: `deps[${JSON.stringify(spec)}]` }))
    const deps = [...new Set(found.map(({ spec }) => spec))]
    return {
      [path]: between("const deps = require('./lib/deps')\n", edited(code, edits), ''),
      [`${folder(path)}lib/deps.js`]: plain(`module.exports = {\n${deps.map((spec) => `  ${JSON.stringify(spec)}: require(${JSON.stringify(spec)}),\n`).join('')}}\n`),
    }
  }),
  moved('strings-elsewhere', (code, path) => {
    const strings = stringsOf(code.text)
    return {
      [path]: between("const words = require('./lib/words')\n", edited(code, strings.map(({ node }, index) => ({ from: node.start, to: node.end, text: `words[${index}]` }))), ''),
      'lib/words.js': plain(`module.exports = [\n${strings.map(({ value }) => `  ${JSON.stringify(value)},\n`).join('')}]\n`),
    }
  }),
  moved('text-file', (code, path) => ({ [path]: carrier("const fs = require('fs')\neval(fs.readFileSync(__dirname + '/notes.txt', 'utf8'))\n"), 'notes.txt': code }), ['hidden-code', 'evasion']),
  moved('json-file', (code, path) => ({
    [path]: carrier("const { body } = require('./data.json')\neval(Buffer.from(body, 'base64').toString())\n"),
    'data.json': carrier(JSON.stringify({ version: 3, body: Buffer.from(code.text).toString('base64') })),
  }), ['hidden-code']),
]

function requires(text: string): { node: Tree; spec: string }[] {
  return nodesOf(text).filter(({ node }) => node.type === 'CallExpression' && (node.callee as Tree).name === 'require' && ((node.arguments as Tree[])[0] as Tree | undefined)?.type === 'Literal')
    .map(({ node }) => ({ node, spec: ((node.arguments as Tree[])[0] as Tree).value as string }))
    .filter(({ spec }) => !spec.startsWith('.'))
}

/** `require` as `import`, as far as it stands at the top. */
function asModule(code: Program): Program {
  const declared = nodesOf(code.text).filter(({ node, parent }) => node.type === 'VariableDeclaration' && parent.type === 'Program' && (node.declarations as Tree[]).length === 1)
  const edits = declared.flatMap(({ node }) => {
    const [declarator] = node.declarations as [Tree]
    const init = declarator.init as Tree | null
    if (init?.type !== 'CallExpression' || (init.callee as Tree).name !== 'require' || ((init.arguments as Tree[])[0] as Tree).type !== 'Literal') return []
    const id = declarator.id as Tree
    const spec = ((init.arguments as Tree[])[0] as Tree).value as string
    if (spec.startsWith('.')) return []
    const names = id.type === 'ObjectPattern' ? code.text.slice(id.start, id.end).replaceAll(':', ' as') : (id.name as string)
    return [{ from: node.start, to: node.end, text: `import ${names} from ${JSON.stringify(spec)}` }]
  })
  const before = "import { createRequire } from 'module'\nconst require = createRequire(import.meta.url)\n"
  return between(before, edited(code, edits), '')
}
