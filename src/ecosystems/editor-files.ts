import type { PackageFile, Trigger } from '../core/types.ts'

type Files = ReadonlyMap<string, PackageFile>
type Json = Record<string, unknown>
/** Command lines of a settings file, by what has them run. */
type Reader = (settings: Json) => Iterable<readonly [name: string, command: string]>

const BIGGEST = 500_000
const MOST = 50

/**
 * Files of a package that an editor, an assistant or git obeys when its folder is opened, whatever registry it came from.
 * Workflows of CI services are not among them: those run where the project lives, not where its archive is unpacked.
 */
export function editorTriggers(files: Files): Trigger[] {
  const found: Trigger[] = []
  for (const [path, file] of files) {
    if (found.length >= MOST) break
    if (GIT_HOOK.test(path)) found.push({ kind: 'editor', name: path.slice(path.lastIndexOf('/') + 1), file: path })
    const [, folder = '', name = ''] = SETTINGS.exec(path) ?? []
    const read = READERS[name]
    const settings = read && file.bytes.length <= BIGGEST ? parse(new TextDecoder().decode(file.bytes)) : null
    if (!read || !settings) continue
    for (const [by, command] of read(settings)) {
      found.push({ kind: name.includes('devcontainer') && by !== 'initializeCommand' ? 'command' : 'editor', name: folder === '' ? `${name} ${by}` : `${name} ${by} of ${folder.slice(0, -1)}`, file: path, command })
    }
  }
  return found.slice(0, MOST)
}

/** As git keeps them; its own samples do nothing. */
const GIT_HOOK = /(?:^|\/)\.git\/hooks\/[\w-]+$/
const SETTINGS = /^((?:.+\/)?)(\.vscode\/(?:tasks|settings|mcp)\.json|\.devcontainer(?:\/devcontainer)?\.json|\.claude\/settings(?:\.local)?\.json|\.cursor\/(?:mcp|hooks)\.json|\.mcp\.json|\.gemini\/settings\.json)$/

const READERS: Readonly<Record<string, Reader>> = {
  '.vscode/tasks.json': tasks, '.vscode/settings.json': terminals, '.vscode/mcp.json': servers,
  '.devcontainer/devcontainer.json': container, '.devcontainer.json': container,
  '.claude/settings.json': assistant, '.claude/settings.local.json': assistant, '.cursor/hooks.json': assistant, '.gemini/settings.json': assistant,
  '.cursor/mcp.json': servers, '.mcp.json': servers,
}

/** Tasks that run when the folder is opened (VS Code docs, "Run behavior"). */
function* tasks({ tasks: listed }: Json): Generator<readonly [string, string]> {
  for (const task of objects(listed)) {
    if (asObject(task.runOptions)?.runOn !== 'folderOpen') continue
    for (const one of [task, ...['linux', 'osx', 'windows'].map((system) => asObject(task[system]))]) {
      const command = one ? line(one.command, one.args ?? task.args) : null
      if (command !== null) yield ['folderOpen', command]
    }
  }
}

/** Shells that the editor opens, where they are told to run something. */
function* terminals(settings: Json): Generator<readonly [string, string]> {
  for (const [key, value] of Object.entries(settings)) {
    const profiles = key.startsWith('terminal.integrated.profiles.') ? Object.values(asObject(value) ?? {}) : key.startsWith('terminal.integrated.automationProfile.') ? [value] : []
    for (const profile of objects(profiles)) {
      const command = Array.isArray(profile.args) ? line(first(profile.path), profile.args) : null
      if (command !== null) yield ['terminal', command]
    }
  }
}

const LIFE = ['initializeCommand', 'onCreateCommand', 'updateContentCommand', 'postCreateCommand', 'postStartCommand', 'postAttachCommand']

/** Commands of a development container (containers.dev, "Lifecycle scripts"); only the first of them runs outside of it. */
function* container(settings: Json): Generator<readonly [string, string]> {
  for (const name of LIFE) {
    const value = settings[name]
    for (const one of asObject(value) ? Object.values(value as Json) : [value]) {
      const command = Array.isArray(one) ? line(one[0], one.slice(1)) : line(one, [])
      if (command !== null) yield [name, command]
    }
  }
}

/** Hooks, status lines and servers of assistants. */
function* assistant(settings: Json): Generator<readonly [string, string]> {
  for (const [event, entries] of Object.entries(asObject(settings.hooks) ?? {})) {
    for (const entry of objects(entries)) {
      for (const hook of [entry, ...objects(entry.hooks)]) {
        const command = line(hook.command, hook.args)
        if (command !== null) yield [event, command]
      }
    }
  }
  for (const name of ['statusLine', 'apiKeyHelper', 'awsAuthRefresh', 'awsCredentialExport']) {
    const command = line(asObject(settings[name])?.command ?? settings[name], [])
    if (command !== null) yield [name, command]
  }
  yield* servers(settings)
}

/** Programs that an assistant starts to talk to (Model Context Protocol). */
function* servers(settings: Json): Generator<readonly [string, string]> {
  for (const [name, server] of Object.entries(asObject(settings.mcpServers) ?? asObject(settings.servers) ?? {})) {
    const command = line(asObject(server)?.command, asObject(server)?.args)
    if (command !== null) yield [name, command]
  }
}

/** A command with its arguments as one line; null where there is none. */
function line(command: unknown, args: unknown): string | null {
  if (typeof command !== 'string' || command.trim() === '') return null
  const rest = Array.isArray(args) ? args.map((arg) => (typeof arg === 'string' ? arg : asObject(arg)?.value)).filter((arg) => typeof arg === 'string') : []
  return [command, ...rest.map(quoted)].join(' ')
}

const quoted = (arg: string): string => (/^[\w./:=@%+,-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", String.raw`'\''`)}'`)
const first = (value: unknown): unknown => (Array.isArray(value) ? value[0] : value)
const asObject = (value: unknown): Json | null => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Json : null)
const objects = (value: unknown): Json[] => (Array.isArray(value) ? value.map(asObject).filter((one) => one !== null) : [])

/** JSON with comments and trailing commas, as editors read it; null when it is not even that. */
function parse(text: string): Json | null {
  try {
    return asObject(JSON.parse(bare(text)))
  } catch {
    return null
  }
}

function bare(text: string): string {
  let out = ''
  let kept = 0
  let comma = -1
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] as string
    if (sign === '/' && (text[at + 1] === '/' || text[at + 1] === '*')) {
      const end = text[at + 1] === '/' ? text.indexOf('\n', at) : text.indexOf('*/', at + 2) + 2
      out += text.slice(kept, at)
      at = end < at + 2 ? text.length : end - 1
      kept = at + 1
    } else if (sign === '"') {
      comma = -1
      for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at++
    } else if (sign === ',') comma = out.length + at - kept
    else if ((sign === ']' || sign === '}') && comma >= 0) {
      out += text.slice(kept, at)
      out = `${out.slice(0, comma)} ${out.slice(comma + 1)}`
      kept = at
      comma = -1
    } else if (!/\s/.test(sign)) comma = -1
  }
  return out + text.slice(kept)
}
