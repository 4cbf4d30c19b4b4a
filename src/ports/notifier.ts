/** Tells people and systems that something happened. Delivery is best effort here; durable delivery goes through the queue. */
export interface Notifier {
  notify(notice: Notice): Promise<void>
}

export interface Notice {
  kind: 'recalled' | 'quarantined' | 'degraded' | 'alarm'
  title: string
  text: string
  /** Flat facts for machines. */
  data: Readonly<Record<string, string | number | boolean | null>>
  at: Date
}
