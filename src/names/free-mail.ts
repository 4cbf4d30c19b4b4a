/** Mail services where anybody has an address, for good or for ten minutes, and hosts of mailing lists: sharing one of these domains connects nobody. From their own pages; not complete. */
const FREE: ReadonlySet<string> = new Set(('gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com icloud.com me.com mac.com proton.me protonmail.com pm.me '
  + 'gmx.com gmx.de gmx.net web.de mail.ru yandex.ru yandex.com ya.ru bk.ru inbox.ru list.ru qq.com foxmail.com 163.com 126.com sina.com aliyun.com naver.com daum.net hanmail.net aol.com zoho.com '
  + 'tutanota.com tuta.io fastmail.com fastmail.fm hey.com mail.com posteo.de mailbox.org disroot.org riseup.net cock.li yahoo.co.jp yahoo.co.uk yahoo.co.in yahoo.fr yahoo.de orange.fr free.fr libero.it '
  + 'googlegroups.com groups.io librelist.com freelists.org lists.sourceforge.net users.sourceforge.net mailinator.com guerrillamail.com sharklasers.com grr.la yopmail.com trashmail.com temp-mail.org '
  + '10minutemail.com maildrop.cc dispostable.com getnada.com moakt.com mail.tm throwawaymail.com fakeinbox.com tempmail.com mailnesia.com mohmal.com emailondeck.com simplelogin.com duck.com '
  + 'users.noreply.github.com noreply.github.com example.com example.org').split(' '))

export const isFreeMail = (domain: string): boolean => FREE.has(domain.toLowerCase()) || /(?:^|\.)no-?reply\./.test(domain)
