/** Mail services that hand out an address for some minutes to whoever asks, without a name. From their own pages; not complete. */
const DISPOSABLE = new Set(words(`yopmail.com yopmail.fr yopmail.net mailinator.com mailinator.net guerrillamail.com guerrillamail.net guerrillamail.org guerrillamail.info
  guerrillamailblock.com sharklasers.com grr.la 10minutemail.com 10minutemail.net 10minemail.com 20minutemail.com temp-mail.org temp-mail.io tempmail.com tempmail.net tempmail.dev
  tempmail.plus tempmailo.com tempail.com tmpmail.org tmpmail.net tmail.ws throwawaymail.com throwaway.email trashmail.com trashmail.de trashmail.net trash-mail.com wegwerfmail.de
  wegwerfemail.de getnada.com nada.email nada.ltd dispostable.com maildrop.cc mailnesia.com mailcatch.com mailnull.com mintemail.com mohmal.com moakt.com moakt.cc emailondeck.com
  fakeinbox.com fakemail.net fakemailgenerator.com getairmail.com inboxkitten.com spamgourmet.com spam4.me spambog.com spamex.com mytemp.email minuteinbox.com 1secmail.com 1secmail.net
  1secmail.org discard.email discardmail.com burnermail.io dropmail.me emltmp.com cliptik.net firemailbox.club luxusmail.org mailpoof.com mail-temp.com mailtemp.net tempinbox.com
  tempr.email mailsac.com harakirimail.com incognitomail.org jetable.org kasmail.com mailexpire.com meltmail.com mt2015.com nwytg.net rcpt.at armyspy.com cuvox.de dayrep.com einrot.com
  fleckens.hu gustr.com jourrapide.com rhyta.com superrito.com teleworm.us emailfake.com generator.email cock.li crazymailing.com owlymail.com vomoto.com zetmail.com linshiyouxiang.net
  bccto.me chacuo.net anonaddy.me bugmenot.com deadaddress.com e4ward.com filzmail.com hidemail.de mailme.lv onewaymail.com sofort-mail.de tempomail.fr yepmail.net`))
/** Words in the name of a domain that say that nobody reads its mail. */
const SAYS_SO = /(?:^|[.-])(?:temp|tmp|trash|throwaway|disposable|fake|10minute)-?(?:e?-?mail|inbox)|e?mail(?:is)?fake|no-?e?mail\./i

const PROVIDERS = words('gmail.com googlemail.com outlook.com hotmail.com yahoo.com icloud.com protonmail.com yandex.ru yandex.com')
/** Near to one of these, and a service or a company of its own. */
const REAL = new Set([...PROVIDERS, ...words('mail.com email.com ymail.com rmail.com hmail.com gmx.com proton.me hotmail.de hotmail.fr hotmail.es hotmail.it hotmail.be outlook.de outlook.fr outlook.es outlook.it outlook.be yahoo.de yahoo.fr yahoo.es yahoo.it yahoo.ca yahoo.in gmail.de gmail.ru yandex.kz yandex.by yandex.ua yandex.net yahoo.com.br yahoo.com.au yahoo.co.jp yahoo.co.uk yahoo.co.in')])

function words(list: string): string[] {
  return list.split(/\s+/)
}

/** The host or the domain above it. */
export function isDisposable(domain: string): boolean {
  const labels = domain.toLowerCase().split('.')
  return labels.some((_label, at) => DISPOSABLE.has(labels.slice(at).join('.'))) || SAYS_SO.test(domain)
}

/** The provider that a domain is one slip away from (`gmai1.com`, `gamil.com`, `hotmial.com`), or null. */
export function nearProvider(domain: string): string | null {
  const lower = domain.toLowerCase()
  if (REAL.has(lower) || lower.length > 30) return null
  return PROVIDERS.find((provider) => lower[0] === provider[0] && isSlip(lower, provider)) ?? null
}

/** One letter more, less, other, or two in the wrong order. */
function isSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false
  let from = 0
  while (from < Math.min(a.length, b.length) && a[from] === b[from]) from++
  const rest = (text: string, skip: number): string => text.slice(from + skip)
  return rest(a, 1) === rest(b, 1) || rest(a, 1) === rest(b, 0) || rest(a, 0) === rest(b, 1)
    || (a[from] === b[from + 1] && a[from + 1] === b[from] && rest(a, 2) === rest(b, 2))
}
