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
  /** Ends it so that nothing more of it leaves. */
  cut(): void
  /** Over, whichever way. */
  done(): boolean
}

type Decided = Pick<Download, 'subject' | 'revision' | 'policy'>

/** What lies in the system's buffers after the last of a file was handed over: it is not with the client yet, and can be taken back. */
export interface Handed {
  /** Resets the connection: what the system has not sent is not sent. */
  reset(): void
  /** Settles when the connection is closed, or used for something else: then the client has had it. */
  gone: Promise<unknown>
}

/** A connection that is idle for this long after a file has sent what it had: a client that reads no more has given up by then. */
const LINGERING = 5 * 60_000

/**
 * Downloads under way. Who began before something was recalled does not get the rest of it: the connection is cut, the client
 * sees a file that ended early, and asking again is refused. What the system still holds of a file is not sent on.
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
  follow(stream: Readable, { subject, revision, policy }: Decided): Readable {
    const cut = (): void => { stream.destroy(Object.assign(new Error('no longer served'), { code: CUT })) }
    const download: Download = { subject, revision, policy, cut, done: () => stream.destroyed }
    this.#downloads.add(download)
    stream.once('close', () => this.#downloads.delete(download))
    return stream
  }

  /** As `follow`, from when the last of a file was handed to the system on. */
  linger({ subject, revision, policy }: Decided, { reset, gone }: Handed): void {
    let over = false
    const download: Download = { subject, revision, policy, cut: reset, done: () => over }
    const end = (): void => {
      over = true
      clearTimeout(timer)
      this.#downloads.delete(download)
    }
    const timer = setTimeout(end, LINGERING).unref()
    this.#downloads.add(download)
    gone.then(end, end)
  }

  /** Looks at the downloads of packages that changed, and at all after the policy did. To be called as often as changes are read. Returns how many were cut. */
  async check(): Promise<number> {
    const { revisions, log } = this.#context
    const policy = this.#context.policy().id
    let cut = 0
    for (const download of this.#downloads) {
      const { subject } = download
      const revision = revisions.of(subject.ecosystem, subject.name)
      if (revision === download.revision && policy === download.policy) continue
      const { ruling } = await this.#ruleOn(subject).catch((thrown: unknown) => ({ ruling: { action: 'hold' as const, because: sentence(thrown) } }))
      Object.assign(download, { revision, policy })
      if (ruling.action === 'serve' || download.done()) continue
      log.info({ ecosystem: subject.ecosystem, name: subject.name, version: subject.version, file: subject.file }, `a download was cut: ${ruling.because}`)
      download.cut()
      cut++
    }
    return cut
  }
}
