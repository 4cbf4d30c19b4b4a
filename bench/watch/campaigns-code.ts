import { createHash } from 'node:crypto'
import { sketchOf } from '../../src/analysis/sketch.ts'
import type { Sketch } from '../../src/analysis/sketch.ts'
import type { PackageFile } from '../../src/core/types.ts'
import type { Random } from './campaigns-random.ts'

/** Inert code in two languages: made-up work on made-up data, and what templates and frameworks put into every package. */
export type Files = Record<string, string>

export interface Code {
  sketch: Sketch | null
  /** SHA-256 of each file. */
  files: string[]
}

export function codeOf(name: string, files: Files): Code {
  const unpacked = new Map(Object.entries(files).map(([path, text]): [string, PackageFile] => {
    const bytes = Buffer.from(text)
    return [path, { path, size: bytes.length, mode: 0o644, bytes, truncated: false, sha256: createHash('sha256').update(bytes).digest('hex') }]
  }))
  return { sketch: sketchOf(name, unpacked), files: [...unpacked.values()].map(({ sha256 }) => sha256) }
}

const NOUNS = `record table parser client token batch query index cache worker stream handler config frame packet schema vector matrix label
  score sample entry bucket chart legend route filter signal socket ticket report column header cursor buffer policy budget order invoice
  sensor device reading channel widget canvas theme layout grammar lexer symbol scope module plugin option profile session account ledger`.split(/\s+/)
const VERBS = `load save merge split parse render update fetch encode decode filter sort group count match trim pack unpack start stop join
  close open read write push pull check build draw scan fold map reduce format validate normalise resolve publish collect measure`.split(/\s+/)

export const noun = (random: Random): string => random.pick(NOUNS)
const verb = (random: Random): string => random.pick(VERBS)
const call = (random: Random): string => `${verb(random)}_${noun(random)}`

type Tongue = 'python' | 'javascript'

/** A module of some functions that nobody else has: grown at random from a grammar, so that its shape is its own, too. */
export function moduleOf(tongue: Tongue, random: Random, functions: number): string {
  const parts = [tongue === 'python' ? `import ${random.pick(['os', 'json', 're', 'math', 'logging'])}` : `const ${noun(random)} = require('${random.pick(['fs', 'path', 'util', 'events'])}')`]
  for (let index = 0; index < functions; index += 1) {
    const args = Array.from({ length: random.below(4) }, () => noun(random)).join(', ')
    const body = statements(tongue, random, 2 + random.below(4), 1)
    parts.push(tongue === 'python' ? `def ${call(random)}(${args}):\n${body}` : `function ${camel(random)}(${args}) {\n${body}\n}`)
  }
  return `${parts.join('\n\n')}\n`
}

function statements(tongue: Tongue, random: Random, count: number, depth: number): string {
  return Array.from({ length: count }, () => '  '.repeat(depth) + statement(tongue, random, depth)).join('\n')
}

function statement(tongue: Tongue, random: Random, depth: number): string {
  const python = tongue === 'python'
  const value = (): string => expression(tongue, random, 0)
  const block = (head: string): string => {
    const body = statements(tongue, random, 1 + random.below(3), depth + 1)
    return python ? `${head}:\n${body}` : `${head} {\n${body}\n${'  '.repeat(depth)}}`
  }
  const kind = random.below(depth < 4 ? 10 : 6)
  if (kind < 3) return python ? `${noun(random)} = ${value()}` : `${random.pick(['const', 'let'])} ${noun(random)} = ${value()}`
  if (kind === 3) return `${noun(random)}.${verb(random)}(${value()}, ${value()})`
  if (kind === 4) return `return ${value()}`
  if (kind === 5) return `${noun(random)}[${value()}] ${random.pick(['=', '+=', '-='])} ${value()}`
  if (kind === 6) return block(python ? `if ${value()}` : `if (${value()})`)
  if (kind === 7) return block(python ? `for ${noun(random)} in ${value()}` : `for (const ${noun(random)} of ${value()})`)
  if (kind === 8) return block(python ? `while ${value()}` : `while (${value()})`)
  return block(python ? `with ${value()} as ${noun(random)}` : `await ${value()}.${verb(random)}(async () =>`).replace(/\}$/, python ? '}' : '})')
}

function expression(tongue: Tongue, random: Random, depth: number): string {
  const value = (): string => expression(tongue, random, depth + 1)
  switch (random.below(depth > 2 ? 4 : 11)) {
    case 0: return noun(random)
    case 1: return String(random.below(100))
    case 2: return `'${noun(random)} ${noun(random)}'`
    case 3: return `${noun(random)}.${noun(random)}`
    case 4: return `${call(random)}(${Array.from({ length: random.below(4) }, value).join(', ')})`
    case 5: return `${noun(random)}.${verb(random)}(${value()})`
    case 6: return `${value()} ${random.pick(['+', '-', '*', '%', '<', '>', '==', '&', '|'])} ${value()}`
    case 7: return `[${Array.from({ length: 1 + random.below(4) }, value).join(', ')}]`
    case 8: return tongue === 'python' ? `{'${noun(random)}': ${value()}, '${noun(random)}': ${value()}}` : `{ ${noun(random)}: ${value()}, ${noun(random)}: ${value()} }`
    case 9: return `(${value()}${random.pick([' and ', ' or ', ' is ']).replaceAll(/ (and|or|is) /g, (_, word: string) => (tongue === 'python' ? ` ${word} ` : word === 'and' ? ' && ' : word === 'or' ? ' || ' : ' === '))}${value()})`
    default: return `${noun(random)}[${value()}]`
  }
}

export const cap = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1)
const camel = (random: Random): string => verb(random) + cap(noun(random))

/** `setup.py` as templates have it; a handful of templates is all there is. */
export function setupPy(template: number, { name, version, description }: { name: string; version: string; description: string }): string {
  const fields = `name='${name}', version='${version}', description='${description}'`
  return [
    `from setuptools import setup, find_packages\n\nwith open('README.md') as f:\n    long_description = f.read()\n\nsetup(\n    ${fields},\n    long_description=long_description,\n    packages=find_packages(),\n    python_requires='>=3.6',\n)\n`,
    `import setuptools\n\nwith open('README.md', 'r', encoding='utf-8') as fh:\n    long_description = fh.read()\n\nsetuptools.setup(\n    ${fields},\n    package_dir={'': 'src'},\n    packages=setuptools.find_packages(where='src'),\n    classifiers=['Programming Language :: Python :: 3', 'License :: OSI Approved :: MIT License', 'Operating System :: OS Independent'],\n)\n`,
    `from distutils.core import setup\nsetup(${fields}, packages=['${name}'], license='MIT', keywords=['some', 'meaningfull', 'keywords'])\n`,
    `#!/usr/bin/env python\nimport os, sys\nfrom setuptools import setup\n\ndef read(*parts):\n    with open(os.path.join(os.path.dirname(__file__), *parts)) as f:\n        return f.read()\n\nsetup(${fields}, long_description=read('README.rst'), zip_safe=False, include_package_data=True, test_suite='tests')\n`,
  ][template % 4] as string
}
