import { json, text, type Answer, type Asked } from './answer.ts'

/** Services that keep what strangers send them: pastes, files for a day, requests for somebody to look at. */
const FILES = /(?:^|\.)(?:transfer\.sh|file\.io|0x0\.st|gofile\.io|anonfiles?\.com|bashupload\.com|catbox\.moe|uguu\.se|temp\.sh|oshi\.at|filebin\.net|pixeldrain\.com|tmpfiles\.org|keep\.sh|store\d*\.gofile\.io)$/
const PASTES = /(?:^|\.)(?:pastebin\.com|paste\.ee|hastebin\.com|rentry\.co|dpaste\.(?:org|com)|ix\.io|termbin\.com|controlc\.com|justpaste\.it|ghostbin\.\w+|pastes\.dev|paste\.rs)$/
const REQUESTS = /(?:^|\.)(?:webhook\.site|requestbin\.\w+|pipedream\.net|beeceptor\.com|hookbin\.com|requestcatcher\.com|interact\.sh|oast\.\w+|oastify\.com|burpcollaborator\.net|canarytokens\.(?:com|org)|ngrok(?:-free)?\.(?:io|app|dev)|workers\.dev|m\.pipedream\.net)$/

export function drop({ host, path, method, headers }: Asked): Answer | null {
  const sends = method !== 'GET' && method !== 'HEAD'
  if (FILES.test(host)) {
    if (/getServer|\/servers$/.test(path)) return json('drop/server', { status: 'ok', data: { server: 'store1', servers: [{ name: 'store1', zone: 'eu' }] } })
    const link = `https://${host}/a8Xk2Q/file`
    if (!sends) return null
    return /transfer\.sh|0x0|bashupload|temp\.sh|keep\.sh|catbox|uguu/.test(host) ? text('drop/file', `${link}\n`) : json('drop/file', {
      success: true, status: 'ok', key: 'a8Xk2Q', link, data: { downloadPage: link, code: 'a8Xk2Q', file: { url: { full: link, short: link } } },
    })
  }
  if (PASTES.test(host)) return sends ? text('drop/paste', `https://${host}/k3Jd9x`) : /\.(?:sh|py|js|ps1|zip|exe)$/.test(path) ? null : text('drop/paste-read', 'ok\n')
  if (REQUESTS.test(host) && (sends || !/\.\w{1,5}$/.test(path))) return /json/.test(headers.accept ?? '') ? json('drop/request', { success: true }) : text('drop/request', '', 'text/html')
  return null
}
