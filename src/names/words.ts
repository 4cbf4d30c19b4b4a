const words = (list: string): string[] => list.trim().split(/\s+/)

/** What is hung on a well-known name to make a new one that sounds official. */
export const AFFIXES: ReadonlySet<string> = new Set(words(`
  js node nodejs npm ts typescript py python py2 py3 python2 python3 pypi go golang lib libs dev sdk cli util utils tool tools toolkit api client
  server core test tests beta alpha rc pro plus new next latest official bin pkg package module helper helpers wrapper free hotfix fix patch patched
  security secure update updated updater install installer setup config binary native main master dist build x2 real original lts stable release
`))

/** Hung on without a delimiter, where at least four letters remain. */
export const GLUED_FIRST = ['python3', 'python', 'nodejs', 'node', 'py3', 'py', 'go']
export const GLUED_LAST = ['python3', 'python', 'nodejs', 'node', 'js', 'py3', 'py', 'lib', 'sdk', 'api', 'cli', 'dev']

/** Misspellings and second spellings of words that packages are called by, each with the one it counts as. */
export const MISSPELT: ReadonlyMap<string, string> = new Map(words(`
  colour:color colours:colors coulor:color grey:gray licence:license serialise:serialize serialiser:serializer normalise:normalize optimise:optimize
  initialise:initialize synchronise:synchronize organise:organize analyse:analyze analyser:analyzer tokenise:tokenize tokeniser:tokenizer
  behaviour:behavior centre:center catalogue:catalog favourite:favorite neighbour:neighbor dialogue:dialog cheque:check artefact:artifact
  cancelled:canceled recieve:receive reciever:receiver seperate:separate seperator:separator seperated:separated enviroment:environment
  enviornment:environment environement:environment dependancy:dependency dependancies:dependencies dependecies:dependencies existant:existent
  persistant:persistent refference:reference referer:referrer responce:response reponse:response requst:request reqest:request reqeust:request
  requet:request resquest:request widht:width heigth:height hight:height lenght:length langauge:language languge:language paramter:parameter
  paremeter:parameter proccess:process procces:process sucess:success succes:success successfull:successful adress:address occured:occurred
  occurence:occurrence transfered:transferred prefered:preferred begining:beginning untill:until wich:which alot:lot calender:calendar
  commited:committed commiter:committer definately:definitely definate:definite desparate:desperate dictonary:dictionary dissapear:disappear
  embarass:embarrass exersise:exercise familar:familiar finaly:finally foward:forward gaurd:guard garantee:guarantee guage:gauge harware:hardware
  immediatly:immediately independant:independent intergration:integration intergrate:integrate libary:library libraray:library librarys:libraries
  maintainance:maintenance managment:management messege:message millenium:millennium neccessary:necessary occassion:occasion paralel:parallel
  parralel:parallel paralell:parallel performace:performance plugn:plugin priviledge:privilege programing:programming publically:publicly
  querry:query recomend:recommend recursivly:recursively relevent:relevant rythm:rhythm schedual:schedule scedule:schedule secuirty:security
  seciruty:security sentance:sentence shedule:schedule specifed:specified stregth:strength suport:support syncronous:synchronous
  asyncronous:asynchronous syncronize:synchronize syntaxt:syntax tempalte:template templete:template threshhold:threshold tommorow:tomorrow
  trasform:transform tranform:transform transfom:transform uncompatible:incompatible usefull:useful utilites:utilities validater:validator
  varible:variable vaccum:vacuum verison:version visiblity:visibility wierd:weird writting:writing yeild:yield authentification:authentication
  autentication:authentication authetication:authentication authorisation:authorization encription:encryption encypt:encrypt decript:decrypt
  crypro:crypto cypto:crypto kubernets:kubernetes kubernates:kubernetes kuberentes:kubernetes postgress:postgres postgre:postgres
  postgresq:postgresql monogdb:mongodb elasticsearh:elasticsearch elastisearch:elasticsearch javascrip:javascript javscript:javascript
  typescrip:typescript tensoflow:tensorflow tensorflw:tensorflow pytroch:pytorch numppy:numpy matplotlb:matplotlib beatifulsoup:beautifulsoup
  beautifulsop:beautifulsoup beutifulsoup:beautifulsoup selenum:selenium seleniun:selenium djago:django djanga:django flaks:flask gogle:google
  googel:google amazone:amazon microsft:microsoft micorsoft:microsoft facebok:facebook twiter:twitter slak:slack discrod:discord telegam:telegram
  whatsap:whatsapp
`).map((pair) => pair.split(':') as [string, string]))

/** Numbers that are written as words, and the letters people write as digits. */
export const NUMBERS: ReadonlyMap<string, string> = new Map(words(`
  zero:0 one:1 two:2 three:3 four:4 five:5 six:6 seven:7 eight:8 nine:9 ten:10 first:1st second:2nd third:3rd to:2 too:2 for:4 i:1 ii:2 iii:3 iv:4
  won:1 ate:8
`).map((pair) => pair.split(':') as [string, string]))

/** Words that end in an s and are no plural, and plurals that nobody takes for one. */
const SINGULAR: ReadonlySet<string> = new Set(words(`js ts css less sass aws dns nfs os as is us has was this https sys ops redis axios lens canvas
  atlas alias bias chaos status corpus focus bus plus process express access address class pass compass postgres kubernetes jenkins keras pandas
  analysis basis axis news series species jss rss vss tls gas`))

export function singular(word: string): string {
  if (word.length < 4 || SINGULAR.has(word) || !word.endsWith('s') || word.endsWith('ss') || word.endsWith('us') || word.endsWith('is')) return word
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`
  if (/(?:ches|shes|xes|sses|zes)$/.test(word)) return word.slice(0, -2)
  return word.slice(0, -1)
}
