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

/** Where everybody has an address, and hosts of mailing lists. From their own pages; not complete. */
const SHARED: ReadonlySet<string> = new Set(words(`gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com icloud.com me.com mac.com proton.me protonmail.com
  pm.me gmx.com gmx.de gmx.net web.de mail.ru yandex.ru yandex.com ya.ru bk.ru inbox.ru list.ru qq.com foxmail.com 163.com 126.com sina.com
  aliyun.com naver.com daum.net hanmail.net aol.com zoho.com tutanota.com tuta.io fastmail.com fastmail.fm hey.com mail.com posteo.de
  mailbox.org disroot.org riseup.net yahoo.co.jp yahoo.co.uk yahoo.co.in yahoo.fr yahoo.de orange.fr free.fr libero.it googlegroups.com
  groups.io librelist.com freelists.org lists.sourceforge.net users.sourceforge.net mail.tm simplelogin.com duck.com users.noreply.github.com
  noreply.github.com example.com example.org`))

function words(list: string): string[] {
  return list.split(/\s+/)
}

/** The host or the domain above it. */
export function isDisposable(domain: string): boolean {
  const labels = domain.toLowerCase().split('.')
  return labels.some((_label, at) => DISPOSABLE.has(labels.slice(at).join('.'))) || SAYS_SO.test(domain)
}

/** Whether strangers share this domain as they share a postal service. */
export const isMailService = (domain: string): boolean => SHARED.has(domain.toLowerCase())

/** Whether having an address of the same domain connects nobody: services, for good or for ten minutes, and addresses that nobody reads. */
export const connectsNobody = (domain: string): boolean => isMailService(domain) || isDisposable(domain) || /(?:^|\.)no-?reply\./.test(domain)
