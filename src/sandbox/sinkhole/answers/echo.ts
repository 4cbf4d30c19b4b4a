import { json, text, type Answer, type Asked } from './answer.ts'
import type { Cast } from './cast.ts'

/** Hosts that do nothing else than to tell who asks from where. */
const ECHOES = /(?:^|\.)(?:ipify\.org|ifconfig\.(?:me|co|io)|icanhazip\.com|ident\.me|ipecho\.net|ipinfo\.io|ip-api\.com|ipapi\.co|ipwho\.is|ipwhois\.app|freeipapi\.com|freegeoip\.app|geojs\.io|ip\.sb|myip\.com|my-ip\.io|seeip\.org|wtfismyip\.com|ipgeolocation\.io|db-ip\.com|geoplugin\.net|myexternalip\.com|whatismyip\.akamai\.com|api\.ip\.pe|tnx\.nl|ipaddress\.com|jsonip\.com|l2\.io|eth0\.me)$|^checkip\./

/** Address and place, in the fields of all the common services at once. */
export function echo({ host, path, query, headers }: Asked, { options: { publicAddress: ip } }: Cast): Answer | null {
  if (/^(?:www\.)?httpbin\.org$/.test(host)) return json('echo/httpbin', { origin: ip, args: Object.fromEntries(query), headers: { Host: host, 'User-Agent': headers['user-agent'] ?? '' }, url: `https://${host}${path}` })
  if (path === '/cdn-cgi/trace') return text(
    'echo/trace',
    `fl=29f128\nh=${host}\nip=${ip}\nts=1790000000.123\nvisit_scheme=https\nuag=${(headers['user-agent'] ?? '').slice(0, 200)}\ncolo=FRA\nloc=DE\ntls=TLSv1.3\n`,
  )
  if (!ECHOES.test(host)) return null
  const place = {
    ip, query: ip, ip_address: ip, status: 'success', success: true, type: 'IPv4', hostname: 'p203-0-113-87.access.example',
    city: 'Frankfurt am Main', region: 'Hesse', regionName: 'Hesse', region_code: 'HE', country: 'DE', country_name: 'Germany', countryCode: 'DE',
    country_code: 'DE', cc: 'DE',
    continent: 'Europe', loc: '50.1155,8.6842', lat: 50.1155, lon: 8.6842, latitude: 50.1155, longitude: 8.6842, zip: '60313', postal: '60313',
    timezone: 'Europe/Berlin', org: 'AS64500 Example Access', isp: 'Example Access', as: 'AS64500 Example Access', asn: 'AS64500', mobile: false,
    proxy: false, hosting: false,
  }
  const field = path.replace(/^\//, '')
  if (field !== 'ip' && Object.hasOwn(place, field)) return text('echo/field', `${String(place[field as keyof typeof place])}\n`)
  const wantsText = query.get('format') === null && !/json/.test(`${path}${headers.accept ?? ''}`) && !/(?:ip-api|ipapi|ipwho|freeip|freegeoip|geojs|geoplugin|ipgeolocation|db-ip|jsonip|myip\.com)/.test(host) && !(host === 'ipinfo.io' && path === '/')
  return wantsText || query.get('format') === 'text' ? text('echo/address', `${ip}${/ipify|amazonaws/.test(host) ? '' : '\n'}`) : json(
    'echo/place', host === 'ipinfo.io' ? place : { ...place, country: host.includes('ip-api') || host.includes('ipwho') ? 'Germany' : 'DE' },
  )
}
