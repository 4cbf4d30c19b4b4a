import { mask } from './spelling.ts'

export interface Webhook {
  path: string
  says: string
}

interface Service {
  host: RegExp
  /** The first group is the secret. */
  path: RegExp
  says: string
}

const SERVICES: readonly Service[] = [
  { host: /^(?:canary\.|ptb\.)?discord(?:app)?\.com$/, path: /^\/api\/(?:v\d{1,2}\/)?webhooks\/[\d…]+\/([\w.*…-]+)/, says: 'posts into a Discord channel' },
  { host: /^hooks\.slack\.com$/, path: /^\/(?:services|workflows|triggers)\/(?:[\w*…-]+\/){0,4}([\w*…-]+)\/?$/, says: 'posts into a Slack channel' },
  { host: /^api\.telegram\.org$/, path: /^\/(?:file\/)?bot([\w:*…-]+)/, says: 'speaks as a Telegram bot' },
  { host: /\.webhook\.office\.com$/, path: /^\/webhookb2\/([\w@/*…-]+)/, says: 'posts into a Teams channel' },
  { host: /^outlook\.office(?:365)?\.com$/, path: /^\/webhook\/([\w@/*…-]+)/, says: 'posts into a Teams channel' },
  { host: /\.logic\.azure\.com$/, path: /^\/workflows\/.*[?&]sig=([\w%*…-]+)/, says: 'starts a workflow of Teams or Azure' },
]

/** An address that takes messages from whoever knows it, its secret masked. */
export function webhookOf(host: string, path: string): Webhook | null {
  const service = SERVICES.find((one) => one.host.test(host))
  const found = service ? service.path.exec(path) : null
  const secret = found?.[1]
  if (!service || !found || secret === undefined) return null
  const at = found[0].lastIndexOf(secret)
  return { path: path.slice(0, at) + mask(secret) + path.slice(at + secret.length), says: service.says }
}
