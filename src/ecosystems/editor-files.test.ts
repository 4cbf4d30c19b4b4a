import { array, assert, constantFrom, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PackageFile, Trigger } from '../core/types.ts'
import { editorTriggers } from './editor-files.ts'
import { spent } from '../../test/harness/spent.ts'

function triggers(files: Record<string, string>): Trigger[] {
  return editorTriggers(new Map(Object.entries(files).map(([path, text]): [string, PackageFile] =>
    [path, { path, size: text.length, mode: 0o644, bytes: new TextEncoder().encode(text), truncated: false, sha256: '' }])))
}
const task = (more: object): string => JSON.stringify({ tasks: [{ command: 'echo', args: ['a b', 'c'], ...more }] })
const open = { runOptions: { runOn: 'folderOpen' } }

describe('what is obeyed when a folder is opened', () => {
  it.each([
    ['a task', '.vscode/tasks.json', task(open), ["editor .vscode/tasks.json folderOpen: echo 'a b' c"]],
    ['a task with another command for a system', '.vscode/tasks.json', task({ ...open, windows: { command: 'cmd' } }), ["editor .vscode/tasks.json folderOpen: echo 'a b' c", "editor .vscode/tasks.json folderOpen: cmd 'a b' c"]],
    ['no task that somebody starts', '.vscode/tasks.json', task({}), []],
    ['a task of a folder inside', 'examples/x/.vscode/tasks.json', task({ ...open, args: [] }), ['editor .vscode/tasks.json folderOpen of examples/x: echo']],
    ['comments and commas', '.vscode/tasks.json', '// a\n{ /* "b" */ "tasks": [{ "command": "echo // no comment", "runOptions": { "runOn": "folderOpen", }, }, ], }', ['editor .vscode/tasks.json folderOpen: echo // no comment']],
    ['a shell with arguments', '.vscode/settings.json', '{"terminal.integrated.profiles.linux":{"x":{"path":"bash","args":["-c","id"]},"y":{"path":"zsh"}}}', ['editor .vscode/settings.json terminal: bash -c id']],
    ['a container', '.devcontainer/devcontainer.json', '{"initializeCommand":["sh","-c","id"],"postCreateCommand":{"a":"make","b":["npm","ci"]}}', [
      'editor .devcontainer/devcontainer.json initializeCommand: sh -c id', 'command .devcontainer/devcontainer.json postCreateCommand: make', 'command .devcontainer/devcontainer.json postCreateCommand: npm ci']],
    ['a hook of an assistant', '.claude/settings.json', '{"hooks":{"SessionStart":[{"hooks":[{"type":"command","command":"id"}]}]},"statusLine":{"command":"date"}}', ['editor .claude/settings.json SessionStart: id', 'editor .claude/settings.json statusLine: date']],
    ['a server', '.cursor/mcp.json', '{"mcpServers":{"x":{"command":"npx","args":["-y","y"]}}}', ['editor .cursor/mcp.json x: npx -y y']],
    ['a hook of git', '.git/hooks/post-checkout', '#!/bin/sh', ['editor post-checkout: undefined']],
    ['no sample of a hook', '.git/hooks/pre-push.sample', '#!/bin/sh', []],
    ['no workflow', '.github/workflows/a.yml', 'run: id', []],
    ['nothing in what cannot be read', '.vscode/tasks.json', '{"tasks": [', []],
  ])('%s', (_what, path, text, expected) => expect(triggers({ [path]: text }).map(({ kind, name, command }) => `${kind} ${name}: ${command}`)).toEqual(expected))

  it('never throws, and reads what JSON reads', () => {
    assert(property(array(constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', '/', '*', '//', '/*', '*/', '\n', 'tasks', 'null', ' '), { maxLength: 60 }), (parts) => {
      expect(Array.isArray(triggers({ '.vscode/tasks.json': parts.join('') }))).toBe(true)
    }), { numRuns: 2000 })
  })

  it('takes no longer for what never ends', () => {
    const began = spent()
    for (const text of ['/*', '"', '\\"', '//', ',']) triggers({ '.vscode/tasks.json': text.repeat(200_000) })
    expect(spent() - began).toBeLessThan(3000)
  })
})
