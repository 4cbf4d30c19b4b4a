import { closeSync, openSync, writeSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { sentence, SluiceError } from '../../core/errors.ts'
import type { Item, Problem } from '../record.ts'
import { toRow } from '../store.ts'
import { readSource } from './items.ts'
import { loadManifest, saveManifest } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import type { Asked, Answered } from './reading.ts'

/** The body of a reading thread: a source in, a spool of prepared records out, one a line. */
if (!parentPort) throw new Error('this file is the body of a worker thread')
const port = parentPort
const asked = workerData as Asked

const LISTED = 1_000
const FLUSH = 1024 * 1024
const SAY = 2_000

/** As `Prepared`; instants as milliseconds. */
function lineOf(item: Exclude<Item, Problem>): string {
  const { id, modified, advisories, indicators } = item
  return `${JSON.stringify({
    id, modified: modified?.getTime() ?? null, rows: advisories.map(toRow),
    indicators: indicators.map((one) => ({ ...one, validUntil: one.validUntil?.getTime() ?? null, withdrawn: one.withdrawn?.getTime() ?? null, modified: one.modified?.getTime() ?? null })),
  })}\n`
}

function read(): Answered {
  const after: Manifest = new Map()
  const skipped: Problem[] = []
  let [done, records, skippedTotal] = [0, 0, 0]
  const spool = openSync(asked.spool, 'w', 0o600)
  let parts: string[] = []
  let size = 0
  const flush = (): void => {
    const bytes = Buffer.from(parts.join(''))
    for (let at = 0; at < bytes.length;) at += writeSync(spool, bytes, at)
    parts = []
    size = 0
  }
  try {
    for (const item of readSource({ ...asked.options, before: loadManifest(asked.before), after })) {
      if (!('problem' in item) || !item.note) done++
      if (done % SAY === 0) port.postMessage({ done } satisfies Answered)
      if ('problem' in item) {
        skippedTotal++
        if (skipped.length < LISTED) skipped.push(item)
        continue
      }
      records++
      const line = lineOf(item)
      parts.push(line)
      size += line.length
      if (size > FLUSH) flush()
    }
    flush()
  } finally {
    closeSync(spool)
  }
  if (asked.after !== null) saveManifest(asked.after, after)
  return { done, records, skippedTotal, skipped: skipped.map(({ where, problem }) => ({ where, problem })) }
}

function answer(): Answered {
  try {
    return read()
  } catch (thrown) {
    return thrown instanceof SluiceError ? { code: thrown.code, message: thrown.message, ...(thrown.hint === undefined ? {} : { hint: thrown.hint }) } : { code: 'feed-invalid', message: `cannot be read: ${sentence(thrown)}` }
  }
}

port.postMessage(answer())
