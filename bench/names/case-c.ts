/** Names that were uploaded in July 2021 with what each imitates; all of them malicious and removed since. */
export const CASE_C: readonly (readonly [imitation: string, target: string])[] = [
  ['mysl-python', 'mysql-python'], ['gevnt', 'gevent'], ['mysql-pythno', 'mysql-python'], ['tesorflow-gpu', 'tensorflow-gpu'], ['ullib3', 'urllib3'],
  ['tensorflow-gu', 'tensorflow-gpu'], ['opencv-pytho', 'opencv-python'], ['ensorflow-gpu', 'tensorflow-gpu'], ['opencv-pyhon', 'opencv-python'],
  ['qslalchemy', 'sqlalchemy'], ['pyinsatller', 'pyinstaller'], ['mysqlclint', 'mysqlclient'], ['jijna2', 'jinja2'], ['reids', 'redis'],
]
