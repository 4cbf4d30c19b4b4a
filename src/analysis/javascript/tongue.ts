import { posix } from 'node:path'
import { HOME, ROOT } from '../desk.ts'
import { remembered } from '../flow/table.ts'
import type { Tongue, Unit } from '../flow/tongue.ts'
import { Cell, NOTHING, known, outside } from '../flow/value.ts'
import type { Value } from '../flow/value.ts'
import { secretIn } from '../secrets.ts'
import { SOURCES } from '../taint.ts'
import { lowerJavaScript } from './lower.ts'
import { knows, rule } from './rules.ts'

/** What the flow engine must know of Node.js and of browsers. */
export const javascript: Tongue = {
  id: 'javascript',
  lower: lowerJavaScript,
  knows,
  rule: remembered(rule),
  special,
  locate,
  data,
  exported: (unit) => unit.exports.value.fields?.get('default')?.value.functions.length
    ? { ...unit.exports.value, functions: unit.exports.value.fields.get('default')?.value.functions ?? [] }
    : unit.exports.value,
}

const HOMES: Readonly<Record<string, string>> = {
  HOME, USERPROFILE: HOME, APPDATA: `${HOME}/AppData/Roaming`, LOCALAPPDATA: `${HOME}/AppData/Local`, TEMP: '/tmp', TMP: '/tmp', TMPDIR: '/tmp',
}

function special(ref: string, unit: Unit): Value | null {
  switch (ref) {
    case '__dirname': case 'import.meta.dirname': return known(folder(unit))
    case '__filename': case 'import.meta.filename': case 'import.meta.url': return known(`${ROOT}/${unit.source.path}`)
    case 'exports': return { ...unit.exports.value, from: unit.exports }
    case 'module': return moduleOf(unit)
    case 'process.env': return outside(ref, SOURCES.environment)
    case 'process': return outside(ref)
    case 'document.cookie': return outside(ref, SOURCES.browser)
    case 'localStorage': case 'sessionStorage': return outside(ref)
    default: return ref.startsWith('process.env.') ? variable(ref.slice('process.env.'.length)) : null
  }
}

/** One environment variable: a folder, a secret by its name, or nothing special. */
function variable(name: string): Value {
  const home = Object.hasOwn(HOMES, name) ? HOMES[name] : undefined
  if (home !== undefined) return { ...known(home), refs: [`process.env.${name}`] }
  return outside(`process.env.${name}`.slice(0, 200), secretIn(name) ? SOURCES.secret : 0)
}

const modules = new WeakMap<Unit, Value>()

function moduleOf(unit: Unit): Value {
  let value = modules.get(unit)
  if (!value) modules.set(unit, value = { ...NOTHING, refs: ['module'], fields: new Map<string, Cell>([['exports', unit.exports]]) })
  return value
}

const folder = (unit: Unit): string => posix.join(ROOT, posix.dirname(unit.source.path))

const ENDINGS = ['', '.js', '.cjs', '.mjs', '.json', '.ts', '.tsx', '.jsx', '/index.js', '/index.cjs', '/index.mjs', '/index.ts']

function locate(spec: string, from: string, files: ReadonlyMap<string, unknown>): string | null {
  const path = find(spec, from, files)
  return path !== null && /\.(?:json|node|wasm)$/.test(path) ? null : path
}

function data(spec: string, from: string, files: ReadonlyMap<string, unknown>): string | null {
  const path = find(spec, from, files)
  return path?.endsWith('.json') ? path : null
}

/** Relative and package-rooted paths; bare names are other packages, unless bundled in node_modules. */
function find(spec: string, from: string, files: ReadonlyMap<string, unknown>): string | null {
  let base: string
  if (spec.startsWith(ROOT)) base = posix.normalize(spec.slice(ROOT.length + 1))
  else if (spec.startsWith('.')) base = posix.normalize(posix.join(posix.dirname(from), spec))
  else base = posix.join('node_modules', spec)
  base = base.replace(/\/$/, '')
  for (const ending of ENDINGS) {
    const path = base === '.' ? ending.replace(/^\//, '') : base + ending
    if (files.has(path)) return path
  }
  // TypeScript sources name the files they will be compiled to.
  const source = base.replace(/\.([cm]?)js$/, '.$1ts')
  return source !== base && files.has(source) ? source : null
}
