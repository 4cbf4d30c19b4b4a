import type { Readable } from 'node:stream'
import type { Ruling, Subject } from '../core/decide.ts'
import { sentence } from '../core/errors.ts'
import type { Context } from './context.ts'

/** Code of the error with which a stream ends that was cut: to whoever sends it, as if the client had gone. */
export const CUT = 'ABORT_ERR'

interface Download {
  subject: Subject
  /** What it was decided under. */
  revision: number
  policy: string
  stream: Readable
}

/**
 * Downloads under way. Who began before something was recalled does not get the rest of it: the connection is cut, the client
 * sees a file that ended early, and asking again is refused. What was handed to the socket before is out.
 */
export class Running {
  readonly #context: Pick<Context, 'revisions' | 'policy' | 'log'>
  readonly #ruleOn: (subject: Subject) => Promise<{ ruling: Ruling }>
  readonly #downloads = new Set<Download>()

  constructor(context: Pick<Context, 'revisions' | 'policy' | 'log'>, ruleOn: (subject: Subject) => Promise<{ ruling: Ruling }>) {
    this.#context = context
    this.#ruleOn = ruleOn
  }

  /** `revision` and `policy` are those under which it was settled. */
  follow(stream: Readable, { subject, revision, policy }: Omit<Download, 'stream'>): Readable {
    const download = { subject, revision, policy, stream }
    this.#downloads.add(download)
    stream.once('close', () => this.#downloads.delete(download))
    return stream
  }

  /** Looks at the downloads of packages that changed, and at all after the policy did. To be called as often as changes are read. Returns how many were cut. */
  async check(): Promise<number> {
    const { revisions, log } = this.#context
    const policy = this.#context.policy().id
    let cut = 0
    for (const download of this.#downloads) {
      const { subject, stream } = download
      const revision = revisions.of(subject.ecosystem, subject.name)
      if (revision === download.revision && policy === download.policy) continue
      const { ruling } = await this.#ruleOn(subject).catch((thrown: unknown) => ({ ruling: { action: 'hold' as const, because: sentence(thrown) } }))
      Object.assign(download, { revision, policy })
      if (ruling.action === 'serve' || stream.destroyed) continue
      log.info({ ecosystem: subject.ecosystem, name: subject.name, version: subject.version, file: subject.file }, `a download was cut: ${ruling.because}`)
      stream.destroy(Object.assign(new Error('no longer served'), { code: CUT }))
      cut++
    }
    return cut
  }
}
