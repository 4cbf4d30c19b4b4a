import { packageOf } from '../../test/samples.ts'
import { gatherFacts } from './gather.ts'

/** Lines from which a secret leaves without anybody calling a function of the package, or asking for one of its files. */
export function sentUncalled(sample: Parameters<typeof packageOf>[0]): number[] {
  const { actions } = gatherFacts(packageOf(sample).pkg)
  return actions.filter(({ kind, trigger, from }) => kind === 'send' && trigger.kind !== 'call' && trigger.kind !== 'file' && from.includes('secret')).map(({ lines }) => lines[0])
}
