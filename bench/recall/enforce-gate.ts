/**
 * One gateway role of the bench, as a process of its own on the data folder given: says where it is open, recalls what it is told to.
 */
import { startGate } from '../../test/harness/gate.ts'

const [data = '', registry = ''] = process.argv.slice(2)
const gate = await startGate({ data, sources: { npm: { url: registry, sumdb: null } }, workers: { size: 1 } })
process.send?.({ npm: gate.npm })
process.on('message', (message: { recall?: string; stop?: true }) => {
  const work = async (): Promise<void> => {
    if (message.stop) {
      await gate.close()
      process.disconnect()
    } else if (message.recall !== undefined) {
      await gate.app.operator.order({ ecosystem: 'npm', name: message.recall, version: null, digest: null, action: 'recall', because: 'bench', by: 'bench', expiresAt: null })
      process.send?.({ ordered: message.recall })
    }
  }
  work().catch((thrown: unknown) => {
    console.error(thrown)
    process.exitCode = 1
  })
})
