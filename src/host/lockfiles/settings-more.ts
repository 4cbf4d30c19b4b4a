import { at, entriesOf, textAt } from './tree.ts'
import type { Format, Reading } from './project-file.ts'
import { elementsAt, listOf, readBlocks, stringAt, tableAt, valueAt } from './toml.ts'
import type { Block } from './toml.ts'
import { readYaml } from './yaml.ts'

/** docs of yarn, .yarnrc.yml: `npmRegistryServer`, and one for each of `npmScopes`. */
export const yarnrcYml: Format = {
  name: '.yarnrc.yml',
  files: '.yarnrc.yml',
  ecosystem: 'npm',
  matches: (name) => name === '.yarnrc.yml',
  read(reading) {
    for (const root of readYaml(reading)) {
      const server = at(root, 'npmRegistryServer')
      if (server) reading.index('index', textAt(root, 'npmRegistryServer') ?? '', server.line)
      for (const [scope, settings] of entriesOf(reading, at(root, 'npmScopes'), 'npmScopes')) {
        const url = textAt(settings, 'npmRegistryServer')
        if (url !== null) reading.index('index', url, at(settings, 'npmRegistryServer')?.line ?? settings.line, `@${scope}`)
      }
      for (const key of ['enableStrictSsl', 'checksumBehavior']) {
        const value = at(root, key)
        if (value?.value === false || value?.value === 'false' || value?.value === 'ignore') reading.index('unverified', `${key}: ${String(value.value)}`, value.line)
      }
    }
  },
}

/** docs of yarn 1, .yarnrc: `registry "https://…"`, and `"@scope:registry" "https://…"`. */
export const yarnrc: Format = {
  name: '.yarnrc',
  files: '.yarnrc',
  ecosystem: 'npm',
  matches: (name) => name === '.yarnrc',
  read(reading) {
    for (const [index, text] of reading.text.split('\n').entries()) {
      const [, scope, url] = /^\s*["']?(?:(@[^:\s"']{1,214}):)?registry["']?\s+["']?(\S+?)["']?\s*$/.exec(text.slice(0, 5_000)) ?? []
      if (url) reading.index('index', url, index + 1, scope)
      else if (/^\s*["']?strict-ssl["']?\s+["']?false/.test(text.slice(0, 5_000))) reading.index('unverified', 'strict-ssl false', index + 1)
    }
  },
}

/** docs of uv, configuration: a uv.toml says at its top what pyproject.toml says below `tool.uv`. */
export const uvToml: Format = {
  name: 'uv.toml',
  files: 'uv.toml',
  ecosystem: 'pypi',
  matches: (name) => name === 'uv.toml',
  read(reading) {
    for (const block of readBlocks(reading)) uvIndexes(reading, block)
  },
}

function uvIndexes(reading: Reading, { root, lineOf }: Block): void {
  for (const index of elementsAt(root, 'index')) {
    const url = stringAt(index, 'url')
    if (url !== null) reading.index(valueAt(index, 'default') === true ? 'index' : 'extra-index', url, lineOf(url))
  }
  const url = stringAt(root, 'index-url')
  if (url !== null) reading.index('index', url, lineOf(url))
  for (const key of ['extra-index-url', 'find-links'] as const) {
    for (const one of listOf(valueAt(root, key))) if (typeof one === 'string') reading.index(key === 'find-links' ? key : 'extra-index', one, lineOf(one))
  }
  for (const one of listOf(valueAt(root, 'allow-insecure-host'))) if (typeof one === 'string') reading.index('unverified', `allow-insecure-host ${one}`, lineOf(one))
}

/** docs of bun, bunfig.toml: `install.registry` is an address or a table with one; `install.scopes` likewise for each scope. */
export const bunfig: Format = {
  name: 'bunfig.toml',
  files: 'bunfig.toml',
  ecosystem: 'npm',
  matches: (name) => name === 'bunfig.toml' || name === '.bunfig.toml',
  read(reading) {
    for (const { root, lineOf } of readBlocks(reading)) {
      const url = stringAt(root, 'install', 'registry') ?? stringAt(root, 'install', 'registry', 'url')
      if (url !== null) reading.index('index', url, lineOf(url))
      for (const [scope, told] of tableAt(root, 'install', 'scopes') ?? []) {
        const of = typeof told === 'string' ? told : stringAt(told, 'url')
        if (of !== null) reading.index('index', of, lineOf(of), scope.startsWith('@') ? scope : `@${scope}`)
      }
    }
  },
}
