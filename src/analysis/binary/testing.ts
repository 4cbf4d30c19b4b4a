import { inflateRawSync } from 'node:zlib'

/**
 * Compiled files for tests. Python and ELF come from real compilers, deflated; the others are written out field by field.
 */
const unpacked = (text: string): Uint8Array => new Uint8Array(inflateRawSync(Buffer.from(text, 'base64')))

/**
 * One module by each CPython's compiler, as `sample.py`:
 * ```python
 * import os, sys
 * import urllib.request as req
 * from base64 import b64decode as d
 * from . import sibling
 *
 * URL = "https://host.example/" + os.name
 *
 * class Thing(object):
 *     size = 3
 *
 *     def go(self, name, *args, **kw):
 *         raw = req.urlopen(URL + name, timeout=3).read()
 *         with open("/tmp/x.txt", "wb") as out:
 *             out.write(d(raw))
 *         return [chr(c) for c in (104, 105)]
 *
 * for key, value in os.environ.items():
 *     if key.startswith("T"):
 *         print(key, value)
 * thing = Thing().go("a" if sys.argv else "b")
 * ```
 */
export const pycs: Readonly<Record<string, Uint8Array>> = {
  '2.7': unpacked(
    'fVLNbtNAEP7W+U9Jm4b+AELiGi7JpeqhQgihSnBARXWLAIsSOfE2sWvHqXfTplV6Cmd4JF6AG4/CA8DMuCknsHbHM7Pz8823W/jVqP/8Wjsb4PYr0H5B2/wgEdBSiAHvTl'
    + 'fw1FJ3EBXgFcV0EJeQlOFVoIICgiLiKpIavBrZJWggqmPbW0FQhr6HUypSwRdgAXz0GpjtScgqojV27Z88xScHXhPeOnQTUQtBFQuF7JpNvY5TB69en1+D1nvd4JzoPrRC'
    + 'tIHsO4IaxgSizineJoM9aq/QQOFv+g7ailRbI9Hf3Qn0IA10yK7cX+Hpw34cjodmk/SRtROz1+2OUmM7euYnk1h3bYlOjkcUc8ccJ7/k3G0SNEzOk+dwdxrUK8A9ajsMgj'
    + 'kesFa53W85bcjNaQwF62CusE15ROtCKWKZ5rspwhLXwu3CwbdHuClhXkJUgi1jXuRZaan31PXwA1UjgvdPWrgp80zzMh9+dnB+SFxUqdeBTGrDRKdTK5hMnUTXJpPurGNn'
    + '1jLEy344Yswh8yPo/5pcxXJips+l2DSL04kei++d+4bg8pkfiCInTNtlFlptma5AIgejrC1QOMro+FSUsZ9oUfxsaATK2WXezM//hFqKDNrMvgjDd2rkhjqTK0kapnzvpi'
    + 'o39ES11EPV5qqWPb0ed+n1bF2MJA2mMZsCJLzW7say8r96uNyDSxnOKauyI5iORfoi++0t7seB9IKE5ytjV3O64rDfIfam2lhh8FZ3mSe6Vcr2jd7dcbmzu5K/ENK4rssl'
    + '3MoyMO1HemAFj1TS44swS3PGie8kb32mr8Rz4cdTLWMb62fWXIZ2JNMuKb+QMMsv/L8ECI/PcuaeMyzTIvFArammajoNZ6v2mPSW+gM='),
  '3.6': unpacked(
    'bVLNTttAEN5d23FskhBoIBx4gfTgVCriUCHUA1J7qKgKVCCrleV4t4mNHSe7GxKicDKHXtqqfYs+T2977SmvwKmzBgqVamk+j2fn7/vWz+t199dX57xJEPqNHj0m2Esw8Q'
    + 'OAIopT5N++sY/LN0kM3wSPpFZW8W2MqEHNtJo5vgO+xVDitpG/8grRCrWvEbVZrTD8+uwpnDSS1QIdoI/bH4jf9NdYM1mn1QLzM/aENdlaQTAan50iVi9Q0mI42eCfqTMk'
    + '1C2wv0nxMeqsLPWWhx2snN7uDmVRTtkSQwgitoh7aTzszzcGUo7Ei253kAvpsVmYjVLWjR7zJPc8twAY0tx8QrFvUEKNawQMTZhmKetkAB2XBmRF5K62AuaCvdX1rwEkSr'
    + 'AkC9wGfSj5AgoV6MqUplamIN9aV9bCSixZWZgFLjBGp6DoO3SEzkAvWgGNnANUaHbuIa+UXHxbxhnLJ3LudmU26s48OZOKTHsRfkRAX9axXqIF0EcL9LF2hSVawJDvZAwE'
    + 'fmpZjGjAO0QR75nCEa9Cagk3jih18UaXN+5eGgsZ5dlof1X3IyXL+XZJ3uvn3l6aR2Eq9r2HxOUAkpaxXpfwhu6qSzu2Mjgb+/aEp/mIDZXx/uiNMjkLqTLLgDXlsWQK00'
    + '5FmYKln5Q5DDOmzJD3hSLnU2gQAgD5h2V5DUCRfr6i19MRhDdxDW/hefV+yUO4rmoQ6GZBoNwgyHI6SbVfC4LxJEzvTkwRzxnf/tv63yHcAtBfQqtbxSYpIwqfKBwq3Ou0'
    + 'FcmFMsSl8BtAMo17HhCeMCF9+87hTV1R6YWC7e5wLSbf0BHEdU/e1rBWpuS9hEXydoLNhhcxz0Eh0CeDEefsUlkXYTphyhUy5FJMYzlQ1ojHQ1kSKEW7UJbUEvyPjaru3a'
    + 'qwr/8bsQ7QxC4IVyMuaTot8Bv4Dw=='),
  '3.7': unpacked(
    'bVLNTttAEN5Z23FiAgTK34EXSA9JD4hDhVBVIbWHiqpARbUqihzvNjHYcdjdkBCFUzhVaqtKfYDk2Ofpba895RU4ddZAoVJtzbfj2dmZ+b71y/n5gODz62vprEIJ+U0ePS'
    + '7aCzT1A4ETDglhtyswyFeaOswFG6OJlxaYj77D3aSYllgJfU+Q02CdsLlXhBe4f024L8pjh80PnuLOwmRxSvbIyeZHyipsSVQmy7w4BcnEE1ERS2MK5JwdEzE/JpMVAaer'
    + '8jMvdSgPpsDWOByS6tzMzrlfBVNqbm9xEWVczABDGPFV3EziTmu42ta6q57X6+1M6ZoYhGk3EfXoMVN6z3QDQRDLjlEOzOGUO9eEudzFbp7xjtpYceZgVkTvzhbQSmhv7f'
    + 'nXCJqcgqYjWEeFOP1CJ86UXLnatcqM6beVK2/kTTxdGLljmAKQY9TvHTkgH1AvXrAa7ZGxZVfcl4WcC/N1nIqsp4dBXafd+qCmB9rQfjOCRwTsdR3aIVYQWmRETspXoMkI'
    + 'xvCdniOBn1YWJ2rLKjW09sxAJIuYmsNNSeW61LqXN8FOEisdZWl3d9HWoznL4WZOvtbKajtJFoWJ2q09JFbprI1ps9gO7BtHinPm92SSdUXHOO8P3hhXipAbNw94fRlrYY'
    + 'BXC8ZVIvlk3E6YCuOGsqUMPetjgRABKT+MKMsIhrayOTuUjRBYgzJswLB4P9o+XlKx0bDFGg0TNBppxnuJ9cuNxnkvTO52XBUPhdz8W/rfJtJDsF/KaloEl+YRA0cGQgPN'
    + '6rqhmTKOulRsAUkmcbOGhHtCaebfObJiTxSaoRLbW9JKKFdthEhbU65bWMpTsuapiPRtB190LmKZoUKoT4otzsSl8S7CpCdMoHQoterHum28row7OieQi3ZhPG0l+B8bU9'
    + 'y5VWHX/i1qGaGCsuFLA1oprUAAC/AH'),
  '3.8': unpacked(
    'bVLLTttAFJ0Z2/GDAIECYcEPZJN0QVlUCHWB1C4qqvJQ0ajIcjzTxMGOk5kJgSisgrrr6w+SZb+nu9l2lV/oqncMlBZ1rDm+Or5z7z1nfLK4GCBYPz775xWC0E/0aNmwX8'
    + 'CWXwEYYjhF9PaNKS7eJLOojQ1HUicrURdii9mpl/nUh9jhqBNUEV14iViJuTeIubw8segi8EvT5RnaR2db7wmt0BVema4yb4bFKX/CK3xlQjDqn/LFCZqucdxZFx+Z3yUs'
    + 'mGG6wfARqi3MzYwHNaz95s4243HO+BwDBYwrk2aadFuj9bZSPfm80WjnUtX5ZZT1Ut6IHysl90o3ATgy6ihhmFqMMOsGUZvZ0NHRznEbqs4tyIrJX+dLsH3Yb0yNVwAKdb'
    + 'AiY1wFlxj5RKbWDF3byjbuTMiXtWtn7EwdVRrbEzzDGL1Dz9BbdIhOwTNWMj7to4lR6R2IUqGJuirJeD5Qo6Chsl7jsq4ulSbDZowfCTHXdmQGWQNooTE6K19jhcZ4gr+R'
    + 'Pgj5biyy4raoEU3qTzWOhQepBfzyZeFRvXelg900kSrOs97esqlnF0oJGm0VNtRbeX03zeMolXv1h9QambchcZ6YsV1tCd6n7kCkeY93tXVy+FrbgkdM2wXhDEWiuMasVt'
    + 'K25OkHbXejjGs7Ei2pyfkQCkQAIPxhSFEG0KSVL5ixDIPwBi7jTTzy7kc7gOvywtAUC0MdhGGWs0Fq4nIY9gdRevfFlsmIi60/pf9tIhwA7168h21SMBofaxxp3KxVNcml'
    + 'tuSVpEsgMk2adRA84FJR9y4QFXOi1Iwk39kW5obEumGQMDVF1cBKkZI3OzxWtx1c3r1IRA4OgT8ZtDjnV9q5iNIB14FUkVBymKi2dnoi6apCQGHahXaUseB/arS3e+vCnv'
    + 'ln5CpABWyDhwSk4q/iAOLf'),
  '3.9': unpacked(
    'bVJLTxsxEPZ4d7PJEiBQHj3Q3iNVCZUQhwqhHpB6qahUqEotULRZu8mG3WywHR5ROAX11tc/SI79Pb352lPOvfXU8QKlRbU149F4PDPfNw5nZwOC6/un0nGFEvKD3Fsuyn'
    + 'MU9QUVJxwSwq5PYJCfNHWYC9ZHEy8tMB9th7tJMS2xEtqeIJ1glbCZF4QXuH9FuC/KI4fNon9uPD8hO+Ro7ZCyClsQlfEiL05AHogHoiIWRhTIyYGYHZHxkoDOsvzAS13K'
    + 'gwmwFQ57pDoztT3uVsGUmpsbXEQZF1NAF3p8FTeTuNsaLLe17qln9Xo7U7omzsO0l4h6dB8pvUX6EJUgFh2jHJjDKXeuCHO5ixU94+23MevUwaiI/vW+gFJEeWVzHKLSpA'
    + 'OaDmEVWeL0Ix07E3LpateyM6KfH196Q2/s6cLQHcEEgLxFDl3cIwdIt/KUqJ11Avl+RyyPvGC52yEji7y4Kws5TubrOBVZXw+Cuk579fOaPteGnjUjuAfOjnLPNreEqkWG'
    + '5Kh8CZoMYQRf6QmC+2Zpc6K2rFJDa+sGImkB5epXSeW81XoXJthKYqWjLO1tz+PVT1tgsJbTUmtlta0ki8JEbdfuwqp02sagaWxb9o0jxQnz+zLJeqJrnDevXxpXipAbN3'
    + 'd4ZzLWwgCvFoyrRPLeuN0wFcYNZUsZenyGCUJUCPquQVlGZWgrm7EQrYfACpThCQyKt63t4viKjYZN1miYoNFIM95PrF1uNE76YXJz46p4IOSjP6n/LSK9m0kry2gRXJp7'
    + 'DOwbCA00q6uGZso46kKxOQSZxM0aAu4LpZl/Y8gF+6LQDJXY3JB2OnLFeoi0OaX9gnIxD8maHRHp6wq+6J7GMkOGkJ8USxyLC+OdhklfmEDpUGp1Fuu28Xoy7uocQE7aqf'
    + 'G0peB/aExx65qFbftflC1aQdpw04BWSosQoP0b'),
  '3.10': unpacked(
    'bVJNbxMxEPV4v5Jt2qalHxx6QNwioQSkigOqKg4VXFCRaBHCKoo2a5Nsu5tNbadpo1RCSq+AuHBOjvwebr5yyl/gAuNtS6FiLT+PZscz8944n58PCX7fP5WPqpSQH+TW5+'
    + 'J+ilt9ReCEQ0rY5QkMipNmDnPB+mjqZT4L0Ha4m5ayMiuj7QlyGK4TNveccJ8HF4QHojJ22Dz6FyaLU7JD3i0cUFZlS6I6WealKcgn4o6oiqUxBXL8QMyPyWRFwOGqfMbL'
    + 'U2BrHPYID6+t2tzMdrpbA1NuPd7kIs65mAG60BOopJUm3fZwtaN1Tz1pNDq50nVxGmW9VDTi23zpNd+7CIJYjoxyYA6n3LkgzOUuVvSMt9/BrDMHo2L6130fdwn3S5vjAE'
    + 'GTQ9B0BOuoFacf6cSZknNXu1ajMf28eO6NvImn/ZE7hikAeYNKurjGDpBu6RFR9wfotestsWpy3yq4Q8aWeWlX+gVPFugkE3lfD8OGznqN07o+1YYOWjHcImcHumebW0Fo'
    + 'kxF555+DJiMYwxd6TPfINyubE3dkjRpaf2gglpZQAT/LqtCt3jsz4VaaKB3nWW970eazyVfIcKMQpt7O61tpHkep2q7fBNborINhs8Q2HRhHimMW9GWa90TXOK9fvTCuFB'
    + 'E3buHwBjLRwgCv+cZVIn1v3G6UCeNGsq0MPRpggggBad+0KCsIhrbzOduUfdxrUIEqbPxaoMPSdXO7OMJSs2nTNZsmbDaznPdTa1eazeN+lF79cVUyFHLjT/J/y0jvatrq'
    + 'cuwuVGjhM7BvIDLQqq0bmivjqDPFFpBomrTqSLovlGbBlSGr9obfipR4vCmtjHLVeoi0s5LrFpaKkLx1KGJ9WSEQ3ZNE5qgSapRhiSNxZryTKO0LEyodSa0Gie4YryeTri'
    + '4oFMKdGE9bEf7Hx5S2LnXYtq9GrSFUSQXsCmmVLpdDCIF+uAe/AQ=='),
  '3.11': unpacked(
    'hVTNaxtHFJ/ZD+1KltaWXKexsUMaJ00UG1kh/oBgDKamJaX40KSHLA1ipR1bsldaZWdl2cIOagnUDaaRwaEutKBDcRPcY/8B/wdSKogYCAR68k2pczA+dWZt2VpH0JnZNz'
    + 'Pvzbz39vd7u38EAj5A298/eRe7OAD+AS1NPJkPxiEAPwMd6NAA6vEMVejMXJpXBch0nCGmPapE17wuGHLaq3rpWkRgwdd0WKCP2sGBL4DueQJ0Cfl3eAB2+aZdDdDTSnNX'
    + '7gRt2g59dk93M+Dhp9/SvNUuNYi6yqF2N3R5h+a/C5t7y88B1I26UHCH3tzlmnoINq5TS8AdofxRO58ILvSc+uN0bwbqPncU9YIO74Fwxz7bzIYh8cbHR3WUMHW0zw5RjY'
    + 'RTcSOVmS/0JG07i++MjCRNbEfQspbOGmgk0Rqw6ffgImBcIMDwVzkdqrzOPQGqoPM0mkDE+0nqcZ9BmuBa7nvow/A8UBwubXhmWjhd28KZdhUytnT4J+dGqcz/Pytrgu1t'
    + 'wZ/Wg9vHGFgTV8Wy2M6THWjJQXBj6t45VUf7eRYzHYPgFsBCnlvmH4A8hOAB1bJapDXnmTmXK0VNmrXkE0bsVBqZObvgG7HT2ZHliL1sEy4fT8Bzn0U3g3LYoWIerIKHwT'
    + 'XYCukqdKe6yW2E7oGXLASfSFphjnCRKIEJzNK+fPnIix3KI9mVI9+kkcJ2wkxnpwr9DpmReTMyaZgJzcBTkTMrYxNfoqIIKp1Dx2P71nO+NL3p2fKcqg5Y/DC3n6TTfoqt'
    + 'JcJb6BGRcpZhZlGG8N98/RURLKTpRHAUYt5K2YhAPewhAkbGHBEyWhoRQbPmMeEW89SBRgUFCnucF2DNCtIl4ebNgtxMu4Ol+JeT4hsluLH422BZ+OXmC62iRKtKtKZEXy'
    + 'tjr5SxqjJRUybW+TeBYGm4LFQD12qBaw0AvZdedNf9nc/uPr37XNvmN+e25qr+gZp/oOIfaPDU7JxxxDsm3gOXrp04PDxsp37rQFX2UVHtHKrRnTyE2c9kDw5OR/m9qDA9'
    + 'Ku1NQCpnwyKRYzEGSCxGfLFY2tRzBlv7Y7FHOc04sQg4VUDWIPs/sIq2WMU4EFlSU7CiwzcceJq93uEvzjQEQRxugA/FsRN2lcD7BGoExsMfE87EhMcrmCiUUSMVj1B2cw'
    + 'jbRDpZWBfYDU9cw2h81GLfr9XPNMBipWyxGrIuOkfM+AJK2McRJJRZSlkmLQdaDGkaYhGtEHFJM3KI+LCtWTbOp+wkEbNWKmM7b+pUyBIRbcb/udc+kiePkZqy7pz8z/C/'
    + 'VFAiIawDpejqddBfcY86+KTiHnXQU3GPt56BMve7VPVcL/INQYIUtQ/F+ufv2PT+TBsC3T1bN1+HrrwKXamGrtZCVxuAg32O+O7L4mfrPXXJ98Pj7x+XElWpryZRCxT76n'
    + 'JgXVxPlMaqcm9N7q3IvYeO6kdpQ3rme+rbHvz1RqV7qHS7dPsFX5WHa/JwUWTdweQ/'),
  '3.12': unpacked(
    'dVTdbxtFEJ/d2/uw4498kBZKU0KSitqJbCrqFiFUKRCBilAeoDz0RGWdfVt/5PzRu3OcRE2VoEgkIiKpKGpASIQngsI/wGOfeSG4pWHViAqe/BZIpUoVD+yefSGSYa2bGc'
    + '/Ob+Zmfrv3YzgcBL4anwamujHAH3BkyW198CoCuAMmmMgCvaWRjjyNS5JOkPBhSy4pusptySSWVgroAW7LFIrPQMea44/eheFtMJUlMFUa2pZaO3qYI052IoovdPq223oC'
    + 'rg4CfMjfX+/We2h38XRnrKlto5bloNVnMdA+2k17tnHLh2B1iAD3hv2cxVhnDoqK8U6vrZoBP7d+bBaZwaP/Yl1NYU7GEAtkzp8zabZi0qYI4B7VKWSsQjk315933arzWj'
    + 'KZrzhugs4YpapFk9mjZZDPxjEQbFAQDOjYRLpk4iXQyawUI0y+nOf5mmKYWXwErfAnKtAhj0sXHc4Vd3bkEt+6gQRTJvoe+5Mqqv/PwzxxA4fz5qfAx6RgXr4hF7v+o1L4'
    + 'sBLxp+Zr71Tx378cmfIErClZnOO9XeXIecWNHuIVH3cLr0YJj5hX3odhOMv5rmMEVzhesDwjXYE6ynKPiKhDTJm0tTYbbqFEKzV3Lph0S9XkTMKdcRmuZ2K4mecRzYII05'
    + 'hk0+tMrdlWpUrLTPrgvXcZsalhMuI55LpdcClDJpOyeTumMuJQ6xojZaNEGTHsnMPwVJ1nMbjg1RjKOmKmg631NOB45CeqswznKnOaR2giVxHTc3JcLMDDSM/a1MrUV8Ob'
    + '5Iv4lnEv8vKDSGonkmpELixLD8M962ObpBE+vQ8ocGqrbzcUXbu0cum2sSF9du1eaOCJxN2PBuO/REc3zt6W1sc/V36Ojv6kjT6R+YYH+vv36KjTw2v98Px4Sro72PsGIn'
    + 'dT8vhFdTImMy2dFs2k0yyYTpcqZs0Sdiidvl4zrPYOcQpz1D7FU3wHB94tGfCuii/EyJ0QF0uw2xVamDggRB6zR/xthi4zZDCUiR1nuOIwyZl1WITP3CpkEnz+Neq4TG0b'
    + 'dkQglIzh0PPnbHH0bfHJYWCLL5h9XIhuL6SSKdKs26qg0vJ0wa5wwjhdJV5iis4yedqwapQFHdewXadecPNMrtqFsuu14tE3zWRXUGIPi7wjfmtPtddbo7hoX2jfVucjLv'
    + 'YlhNBvENmDk3vw4h70P1IGNvG36jfqjvLSgvSYqGhs+a3HwNV+L/T134nfij/oHdrpHWr0jvwFGJ1YfGfhzeX+XTX48c3Fm+vZ++qJX7XwcnY9dV97bl/mAX8qEIh8oq4F'
    + 'V4Ibw1+f+fLM+isNbWxR3pI85b3jPw=='),
  '3.13': unpacked(
    'dVNbbxtVEJ49e7M3vsZ1KaFtHLehcRJiEHURV6kFoTYhFfI2vMTSam2v7SW+9Zx1bg9V8gIpSCSIAqmE1OSJ8At47j8gSmnCUSNuT3lr1aK+8MA5u3YSyeJYOzOemTNzZr'
    + '6Zp8GgBuzsfOWfiSCAv+HYkdv8aVYA+BZ00IUJwB4XsOByNC5iKcF1aEIeV7DKZFGXJnzjfuxnspyD7AnoOq+wD/ecgiToSh/oai6QET0LDrIbp7tvZPu7dZk2j8HVCwAt'
    + '9n4cwdFcJDvY7av7MoInDbU1ReY/eRYgF0tCLpKLZpCnT8BkCqCH8VwweZgjm+qOmROyw93aTnxTZVn9naz4ZFnQteP/Uj0HXLyeEqg/f+li0So0itYBd2Aaldj5ql0vL8'
    + 'YrjtMkb6XTlQZxxqx5s9asWunC8YRCBydWDMMpBxwbjHQBizrCki72AZZ1CStlOaVQ+UaFxT3wMd8D3vMCOhZKYV+YhzrpQj591H7UXWgSpqWOPCVwSHVBR2+irPr/UNWl'
    + 'af8hJGxQOk1HUJen5GxP983p4GEOqdO+DncHj/2OoNPlGHyiEJQGgq6GWD5lOnx4X+nc+xhNRjyICaor52EARo/GgvmUUAL6mTXB0HlX7IeSQJDnW4KUch372yA5ds1qtJ'
    + 'xFLe3Umun5MWfeoWgun0IHFd5em7v5qIitm1Rt4WqjadWpOJX9iErYMotUchXyHLYdiwpFKhYqOKVSiVjVEpXqZs2ikonLhKKZORbFZIRlo0KB8A4nvEP9xJ2JseYCReUG'
    + '9bn4jpUbvJekyMgSPApFV2e+mPnh3IZ0d3jL3A69uhvKbIcyO6E3VsRHweja6Ib0IDi4FdsLhFev3b52x1wXvyk9CJx5LkLo5T8TwzvhkU1t/bU74trl75RNbTs88otv5L'
    + 'nMjL8GB//9KzxCoizRzy9dzoj3z564okj3M9oVUf2J9U+lPsPgtRgG1Qyj1ii2qlwOGMbNllltW8KGUbIxcdjMW/UGU0jEXrQwX3oaNwzimI5dMEzHwXa+5VjEMPAAn1N3'
    + 'mfjcY7VD+GSTACOfwV5PYOmDfyRJHsVDHTMVblDBpEI+9QJFDUJFskBoiKFTtfNjDKmWRRyqtgXMh4cqeZNYly5ivi44zjVsobh8ipOo69LIf2oVHC+DatVnbdxg0DJgay'
    + 'zFjLVA5Vmz2rKoxkrBDpmznQqVm9iuO16RHOhZKjscPLc078W8NOp7x+vae/jt9rqTJUYei4Ig/A6hfTi9DwP7EP9DObOBflQ31W3lwpL4TFKF0ZUPnwFjj3shFv9++Ovh'
    + '3d7kdm/yYe/55fGl91fie6r2+a3lW2uFXbVvR+37zRdcKaxlHvpefCJDbPCJAv7Ql+qqdltbP3dv6N7Q2us7vtFleUt0mfvC/wA='),
}

/** Reads $HOME and prints it with an address; stripped. */
export const elfProgram = unpacked(
  'xVhvbBRFFJ+9u/auBduLQKgt2oZQpUL37kppClhbaaFbU7RoMdWoy15v21tz/9zdwpVorKlGGmxSvqCJMWmMMYTwQRNMCJ8OEdRECSSIfKwGTEnENFFI/ddzZu/N3ex4yz'
  + 'XGxEluf/PevN+82TfzZmbvtV39u12CgGhxo0eRJZXn5C7QX1uRN8G6dlSJn/ejdZaZh7HjMeiyoy/vJ8dLgZ7HdciOAoNlyLn0++yI/AUeGesA6AdqOAS/Qy47zwW8/cDb'
  + 'X2PHOcGO1K0HfjPQH48NyI4872Ow47EH2dED+PQNM/Jv/A0AL+3NyTxuRnak/vZiXjlafoFwokBMC7e1BmKR5piWGEs3p9vbmttaRSMptuT798Mc9z6xD7kmUMbDzD+pr4'
  + 'b1Q9o/Xd95JDV05Zkz33ZcNRe/P3+m/7k62ocANnS9uZjxkLqXWRcIvW494bXRZfVi/G7vsx7/7i2iFxz0e5nYs6XJwT7uYP+Kg34VjOkfRZZxxIdlw1R0U44rWgJrhtOK'
  + 'PKIllJh2SEWjqqkmDqCUriXMEUSMyWy0od7+vp3dcou4pTVfbRG3IrlvcI8cUXV1VDNMVR/c0x1LJtRBJRxTcc+j8WQCfMk506KGJP5uHCsX/gnWXJBnkFknp44eKyezth'
  + '10Y7VaBWHtQva8pet4DhbjEKefBf27tXY9lbsAy7n1ITF6N6MfYPTsPjTE6Nm82M/ovYx+AvReZm2TcpjRe9jxTP7kk46UvY/XvvRmxnRlL0mTn/vOoezWE1iVbTyJn9X1'
  + 'XbhG5Cih3JzL4tL4AZGJi5uXLPklLI/M0H5Dt/qmLr8oTf0gTV5fGBjcFcqEvpKmOy7ipuyaemz664hYXf+GZUv6x20aGcN0WZjAtkVzDR7W0qrcsCqyc9X1E8T2HCC232'
  + 'bZb20h0LQkTS1IZ3/ulM4uuiXhgnR5yVyNO/gGOvBl50aq63sK/F+qH/h9ouM2Wd5jm/ZJkx0nSFWaumGulI50XMXCfBN+q/kIflywuhFewFwb/+ZB3GgFcLrjeayb/24J'
  + 'y1MXsEP8Hm2kv+qeBdzYi6unCWv+PLY4nYs7iTLEH+oI1msgmoyrgXRANIxoQIvIuqEg6ck91hKNmmbK2B7AJoYpqmklnoqpgagaiyUbGo1KzK9z79gMcyxhZ2my52KcJW'
  + 'uADA/jy1kYBOx5lt9DTyEh7RfqVnp9M4LXvxrOyHbMYfO/uD1CG8D+y7+yWZJvqMq/u6rm8eoVB30TqLN2x8NbNqynfHLGXMJ2Pq5fEsNPsL9HrIOoyn+wqmBB85DmHV3b'
  + 'QcCVgMchee4BeSMkx31cftdx51Utsuf5Oq799lI2SXARkpnm6Jy7kIfWOQhyJcjHAOk1B7pHa7jtlO4F0drCOcK+H407zfW1gOkyu/60xz7uDGAF5/+PbO59qOkSyIeBnw'
  + 'WZxnkB5APQ/hvIbvT/Fnpf4stViMuP3KWO7s+93d3bGzb2qGFNSTSEyBEUbA61boqo4VDLWKgJVAiJRtQwdVMJIxGfY6qeQmIiaariaGJMTOnJlKqb44wqPKbhK4gWAdVj'
  + 'O/uaTWUUWW1RxYgiMTKeMMbjOTT1XMsBVTe0ZMImyLhNV2MKMYRaKmaSUWj4iaviaBJXTDWNn/jQ1bBRMqKYChLVqDyiK3FVjkb0gpSjyoquK+M5Bq1jD0pcG0akx5yTXD'
  + '9hw0DicDIeVxPmfzVfK2BN0fXtdD9H3P2cvY94Gb7TfRRx+UvLgxyfvwdv4Ow9nLyN419x2bGhBJ8cBXdw7lA+3U8WOf/lDuPfCzF0cfsNxQyyn/8+Lu+f5e6sdP+ieKxE'
  + '/BXYGyif7gcU/dz4XRwmYK+hMt1vKAYdxk/LqxBTF7ffUcw4xI++/1vA38ntnxSDDL+mCP+o7W5fOG8ori0x/29z/EyZHYMO3zcU3+H4C2V29Dms//y9lePnK4CNQnH/tH'
  + 'zE8en5SrGixPuf5PK/3WvHzhL5e4rjO31XOvn/jOMf99rxwxL+vyZXG+bcy3/n+5YX/2vkvsvw6X1jaJn869y3Q/5/A5/9/wIvx6Pz+B68P+XT75QuuLBsLOH/Fsen95Xo'
  + 'Mvl3OP4M8Gcqi683Ph5/go7yZ4E/W1ncnt+/yF9SQpE8o/yHHPgsFrvzfAH8SuHu/v8G')

/** Exports PyInit_sample. */
export const elfExtension = unpacked(
  '7VhPTxNBFH+7RboB0jYGI38UGoPxL1NaMVFQJIKABA0SSAwxNlt2ZZt022Z3iuAFE/VowpfQkwc+gRc9GOMHMPHCQWNNPHAkHqyzu29gd8KKB2M87C/Z/e2beW/evDfTJu'
  + '+t35iZkCUJOGIwAnsSwCjyZso/dgni7J2EhKt7CMIxHwsy4DqOXTN7dhKevNMT5JQUZG4nH2C3DUFWkJvweYfridwHQW5Cnv1CNef7s+zJIh+DIHO7O8yuGf4cPL1z6C8s'
  + 'PkUKsuTz2+6eH8Dk7QVYfvZx60Xn05WWnpUfR+7Pf9V+tl/h+jHMI4f0m305c4fZaW+iQReOJ317DmB27Wa5SPO2alZLOpNuVbRaSc+PWbpK9RxA2lOLC3vgaFxcPM7eJ+'
  + '+xd7J3lH05suFMfdtqNBpTT74rr50App5fbWFU/+QOvlXeGJRW7aFMxqjYlOirrv+MvkpZDN2x4Q7094qpzzD+wHgQc+bG+WgOpNWU1N0WVzYkb9w50w2m58Y8nkgtJBR3'
  + '+47dXTbuhpJITSQ6ppOtD5XHcK1r+OyFvhMQIUKECBEiRIgQIUKE/wq8TtvG4ofXsLNYlPDaTUG5BWUsX6AVuWO3bvZQ792rU/3zvM6IIx9Frsr/Jl5eP4p4if4nx8aG0q'
  + 'fH9UJRLaezOZIjA/3ZwXOaXsjmatkzOARAbMOmFlULQMoVqpPlco0UasWS1l/UgBiqbQDR1sr2mukxtYBYekkl1RIFQp16jFgVTaUqEN3IP7BUU88bmrUnuXaqWVwCslyh'
  + 'nt1SxTT1Mv0LeWgVas+wPoB4Tzh68K7Iwv3hLN4HRVinD/cgC/eL85RPX/LZ83XPC/U7v6+c0/vU734M4trXhfvH2b//tn38X/b1bhxsyEFOh/Q1OI8I9ryvIPYXwvY/jm'
  + 'M5lN/LQe4Msec8g988f2H9nLDzXxTsdw+a97kEfUWQNYw9Jvwueb9nW/CrCPkzfT0c//9NPbl//hWBV9B+QNRDB6cOyJ/ftx8ZtF8/4Px+AQ==')

/** The same, 32-bit and not linked. */
export const elfObject32 = unpacked(
  'lVNPaxNREJ/drE1a65pWD60NGKRCpfQlG4pIETRNm1RIbbERDwUfm+TZ1CbZkH3BVAXRXBQR/ADe9JvED+LRgxdvHoQ4s/uWbtcUcWB23rz5vdn5+2qzXNQ0DQLSIAYnGs'
  + 'An3Zer3ncJLoLp2ePIe4Mfye+/R6PR6yGhnsY+DAi0690Nvs7tDxtSdty1TKbhuJKJvt3qNEVG9CW8Ty0OoVQorKWXNkT10G6nrRzLseyKtbpcF1Ur17NuqCuAy0Fszx+A'
  + '9jKhLUwbxlsMYhHvUsp2jT55MzHQC+bctpkqmektM5EfmgZAEk0bCmfAeArnbMDPUdgWA93L94Qm4LQ9DtOhOGYRfyVkn9XjkA3pFE8xogNWhdWAlQtZ2D2+1z6U3PXKBZ'
  + 'z3b91kB0LyTo3LRq99xKp94KXyznq+zHeKxb3NCq/k18ubHF9uO/VeU/BCV9hS5ADOoWsdwz2PcgqTuIRyMgYwT3kmANJkx+5tkaTiMPe4Je0qStn1ZSM4dUWTSeoeq9vS'
  + 'BlZ1Xbx0SCG0xSzw7Gx8yKzmtFqijc/bjhSsdP/hiivt2pHvWDT4k67dEsAOuk6vA/9Bb5BnQjrNKqbm9WRC9Zz4qupz0L3bwdxEZmCBaoR8V+nfNL9O5E9Xvsj/dfUmpn'
  + 'CPz5ipZYX/Fy6rzrkQbj6CI74T5KF281lkrgN/++oczN4Lb4P/9lePzP/nM+Lrq7P6LXxBrpzaG59kpH70IKnqNxWqX9gX0S/kj8gXwJ9bQ+3GZKh2RLT7j8bENxPBJdH5'
  + 'uzG4Pw==')

/** Lays out numbers and text at given offsets. */
class Layout {
  readonly bytes: Buffer
  readonly #little: boolean

  constructor(size: number, little: boolean) {
    this.bytes = Buffer.alloc(size)
    this.#little = little
  }

  u16(at: number, ...values: number[]): this {
    values.forEach((value, i) => (this.#little ? this.bytes.writeUInt16LE(value, at + i * 2) : this.bytes.writeUInt16BE(value, at + i * 2)))
    return this
  }

  u32(at: number, ...values: number[]): this {
    values.forEach((value, i) => (this.#little ? this.bytes.writeUInt32LE(value, at + i * 4) : this.bytes.writeUInt32BE(value, at + i * 4)))
    return this
  }

  text(at: number, text: string): this {
    this.bytes.write(text, at, 'latin1')
    return this
  }
}

/** An ELF library for a big-endian 32-bit machine: `libc.so` with `getenv` open and `sample` offered, no section headers. */
export function bigEndianElf(): Uint8Array {
  return new Layout(0x180, false)
    .text(0, '\x7fELF').text(4, '\x01\x02\x01')
    .u16(16, 3, 8).u32(20, 1).u32(28, 52, 0).u16(42, 32, 2, 40, 0, 0)
    .u32(52, 1, 0, 0x1000, 0x1000, 0x180, 0x180, 5, 0x1000)
    .u32(84, 2, 0x80, 0x1080, 0x1080, 48, 48, 6, 4)
    .u32(0x80, 1, 1, 4, 0x10c0, 5, 0x1140, 6, 0x10e0, 0, 0)
    .u32(0xc0, 1, 3, 0)
    .u32(0xf0, 9, 0, 0, 0x12000000).u32(0x100, 16, 0x1000, 4, 0x12000001)
    .text(0x141, 'libc.so\0getenv\0sample\0')
    .bytes
}

/** A Windows library with one import by name and one by number, an export, and data appended. */
export function peLibrary(wide: boolean): Uint8Array {
  const optional = 0x58
  const directories = optional + (wide ? 112 : 96)
  const sections = optional + (wide ? 240 : 224)
  const file = new Layout(0x2800, true)
    .text(0, 'MZ').u32(0x3c, 0x40).text(0x40, 'PE\0\0')
    .u16(0x44, wide ? 0x8664 : 0x14c, 2).u16(0x54, wide ? 240 : 224, 0x2000)
    .u16(optional, wide ? 0x20b : 0x10b).u16(optional + 68, 3).u32(directories - 4, 16)
    .u32(directories, 0x1200, 40, 0x1000, 40)
    .text(sections, '.text').u32(sections + 8, 0x400, 0x1000, 0x400, 0x400)
    .text(sections + 40, 'UPX1').u32(sections + 48, 0x1000, 0x2000, 0x1000, 0x800)
    .u32(0x400, 0x1100, 0, 0, 0x10c0, 0x1100)
    .text(0x4c0, 'KERNEL32.dll').text(0x542, 'CreateProcessW')
    .u32(0x600 + 24, 1).u32(0x600 + 32, 0x1240).u32(0x640, 0x1260).text(0x660, 'napi_register_module_v1')
  if (wide) file.u32(0x500, 0x1140, 0, 7, 0x80000000)
  else file.u32(0x500, 0x1140, 0x80000007)
  for (let i = 0; i < 0x1000; i++) file.bytes[0x800 + i] = (i * 167 + (i >> 8) * 13) & 0xff
  return file.bytes
}

/** A Mach-O library: one dylib, `_system` open, `_PyInit_sample` offered. */
export function machLibrary(little: boolean, wide: boolean): Uint8Array {
  const header = wide ? 32 : 28
  const entry = wide ? 16 : 12
  return new Layout(0x200, little)
    .u32(0, wide ? 0xfeedfacf : 0xfeedface, wide ? 0x0100000c : 18, 0, 6, 2, 80, 0)
    .u32(header, 0x0c, 56, 24, 0, 0, 0).text(header + 24, '/usr/lib/libSystem.B.dylib')
    .u32(header + 56, 2, 24, 0x100, 2, 0x180, 0x40)
    .u32(0x100, 1).text(0x104, '\x01')
    .u32(0x100 + entry, 9).text(0x104 + entry, '\x0f')
    .text(0x181, '_system\0_PyInit_sample\0')
    .bytes
}

/** Both in one file for two processors. */
export function fatMach(): Uint8Array {
  const head = new Layout(0x100, false).u32(0, 0xcafebabe, 2, 0x0100000c, 0, 0x100, 0x200, 0, 18, 0, 0x300, 0x200, 0)
  return Buffer.concat([head.bytes, machLibrary(true, true), machLibrary(false, false)])
}

const counted = (text: string): number[] => [text.length, ...Buffer.from(text, 'latin1')]
const section = (id: number, ...content: number[]): number[] => [id, content.length, ...content]

/** Imports a function of WASI and a memory, exports `_start`, holds an address in its data and a custom section. */
export function wasmModule(): Uint8Array {
  return Uint8Array.from([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, 1, 0x60, 0, 0),
    ...section(2, 2, ...counted('wasi_snapshot_preview1'), ...counted('sock_send'), 0, 0, ...counted('env'), ...counted('memory'), 2, 1, 1, 2),
    ...section(3, 1, 0),
    ...section(7, 1, ...counted('_start'), 0, 1),
    ...section(10, 1, 2, 0, 0x0b),
    ...section(11, 1, 0, 0x41, 0, 0x0b, ...counted('https://host.example/collect')),
    ...section(0, ...counted('producers'), 0),
  ])
}
