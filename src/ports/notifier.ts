/** Tells people and systems that something happened, at least once: what a receiver does not take is kept and sent again. */
export interface Notifier {
  /** Never rejects. Resolves when the notice is kept; receivers that answer have it by then. */
  notify(notice: Notice): Promise<void>
  /** Sends what is due. To be called every few seconds by one process or several. */
  deliverDue(): Promise<void>
}

export interface Notice {
  /** What tells it from every other: one that is given again, after a crash, is the same to its receivers. */
  id?: string
  kind: 'recalled' | 'quarantined' | 'degraded' | 'alarm'
  title: string
  text: string
  /** Flat facts for machines. */
  data: Readonly<Record<string, string | number | boolean | null>>
  at: Date
}
