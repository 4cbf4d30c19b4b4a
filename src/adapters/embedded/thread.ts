import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { sentence } from '../../core/errors.ts'
import { Connection } from './connection.ts'
import type { Answered, Asked, Operation, ThreadSettings } from './messages.ts'

/**
 * The body of a database thread: takes what is waiting, answers it in order, in as few messages and commits as possible.
 */
if (!parentPort) throw new Error('this file is the body of a worker thread')
const port = parentPort
const settings = workerData as ThreadSettings
const connection = new Connection(settings)

/** Operations answered in one go; bounds the memory of one answer and the length of one shared commit. */
const LIMIT = 1000
/** Milliseconds between checkpoints. */
const CHECKPOINT = 500

// The writer would do this in the middle of a commit that clients wait for.
if (settings.role === 'reader') setInterval(() => connection.checkpoint(), CHECKPOINT).unref()

port.on('message', (first: readonly Asked[]) => {
  const batch = [...first]
  while (batch.length < LIMIT) {
    const more = receiveMessageOnPort(port) as { message: readonly Asked[] } | undefined
    if (!more) break
    batch.push(...more.message)
  }
  port.postMessage(answer(batch))
})

function answer(batch: readonly Asked[]): Answered[] {
  const answers: Answered[] = []
  let together: Asked[] = []
  const flush = (): void => {
    if (together.length > 0) answers.push(...commitTogether(together))
    together = []
  }
  for (const asked of batch) {
    const { kind } = asked[1]
    if (settings.role === 'writer' && (kind === 'run' || kind === 'append')) {
      together.push(asked)
    } else {
      flush()
      answers.push(attempt(asked))
    }
  }
  flush()
  return answers
}

/** One durable transaction for writes that do not know of each other; each may fail alone, all fail with the commit. */
function commitTogether(group: readonly Asked[]): Answered[] {
  try {
    connection.begin()
    const answers = group.map((asked) => {
      const answered = attempt(asked)
      if (!connection.inTransaction) throw new Error(answered[1] ?? 'the transaction was rolled back')
      return answered
    })
    connection.commit()
    return answers
  } catch (thrown) {
    connection.rollback()
    return group.map(([id]) => [id, sentence(thrown), null])
  }
}

function attempt([id, operation]: Asked): Answered {
  try {
    return [id, null, perform(operation)]
  } catch (thrown) {
    return [id, sentence(thrown), null]
  }
}

function perform(operation: Operation): Answered[2] {
  switch (operation.kind) {
    case 'run':
      return connection.run(operation.sql, operation.parameters)
    case 'step':
      demandTransaction()
      return connection.run(operation.sql, operation.parameters)
    case 'append':
      return connection.append(operation.lines.split('\n'))
    case 'begin':
      connection.begin()
      return null
    case 'commit':
      demandTransaction()
      connection.commit()
      return null
    case 'rollback':
      connection.rollback()
      return null
    case 'close':
      connection.close()
      return null
  }
}

function demandTransaction(): void {
  if (!connection.inTransaction) throw new Error('the transaction is gone: it was rolled back')
}
