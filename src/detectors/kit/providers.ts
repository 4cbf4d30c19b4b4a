const PROVIDERS = words('gmail.com googlemail.com outlook.com hotmail.com yahoo.com icloud.com protonmail.com yandex.ru yandex.com')
/** Near to one of these, and a service or a company of its own. */
const REAL = new Set([...PROVIDERS, ...words('mail.com email.com ymail.com rmail.com hmail.com gmx.com proton.me hotmail.de hotmail.fr hotmail.es hotmail.it hotmail.be outlook.de outlook.fr outlook.es outlook.it outlook.be yahoo.de yahoo.fr yahoo.es yahoo.it yahoo.ca yahoo.in gmail.de gmail.ru yandex.kz yandex.by yandex.ua yandex.net yahoo.com.br yahoo.com.au yahoo.co.jp yahoo.co.uk yahoo.co.in')])

function words(list: string): string[] {
  return list.split(/\s+/)
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
