/**
 * Opcode numbers of CPython, release line by release line, as in each release's `opcode` module. Only operations that carry
 * names, constants, calls or jumps, or that move the stack in a way worth following, are listed. All but 3.14's are tested
 * on what that release's compiler wrote.
 */
const NUMBERS = `
  operation                          2.7  3.6  3.7  3.8  3.9 3.10 3.11 3.12 3.13 3.14
  BEFORE_ASYNC_WITH                    -   52   52   52   52   52   52   52    1    -
  BEFORE_WITH                          -    -    -    -    -    -   53   53    2    -
  BEGIN_FINALLY                        -    -    -   53    -    -    -    -    -    -
  BINARY_ADD                          23   23   23   23   23   23    -    -    -    -
  BINARY_AND                          64   64   64   64   64   64    -    -    -    -
  BINARY_DIVIDE                       21    -    -    -    -    -    -    -    -    -
  BINARY_FLOOR_DIVIDE                 26   26   26   26   26   26    -    -    -    -
  BINARY_LSHIFT                       62   62   62   62   62   62    -    -    -    -
  BINARY_MATRIX_MULTIPLY               -   16   16   16   16   16    -    -    -    -
  BINARY_MODULO                       22   22   22   22   22   22    -    -    -    -
  BINARY_MULTIPLY                     20   20   20   20   20   20    -    -    -    -
  BINARY_OP                            -    -    -    -    -    -  122  122   45   44
  BINARY_OR                           66   66   66   66   66   66    -    -    -    -
  BINARY_POWER                        19   19   19   19   19   19    -    -    -    -
  BINARY_RSHIFT                       63   63   63   63   63   63    -    -    -    -
  BINARY_SLICE                         -    -    -    -    -    -    -   26    4    1
  BINARY_SUBSCR                       25   25   25   25   25   25   25   25    5    -
  BINARY_SUBTRACT                     24   24   24   24   24   24    -    -    -    -
  BINARY_TRUE_DIVIDE                  27   27   27   27   27   27    -    -    -    -
  BINARY_XOR                          65   65   65   65   65   65    -    -    -    -
  BUILD_CLASS                         89    -    -    -    -    -    -    -    -    -
  BUILD_CONST_KEY_MAP                  -  156  156  156  156  156  156  156   46    -
  BUILD_LIST                         103  103  103  103  103  103  103  103   47   46
  BUILD_LIST_UNPACK                    -  149  149  149    -    -    -    -    -    -
  BUILD_MAP                          105  105  105  105  105  105  105  105   48   47
  BUILD_MAP_UNPACK                     -  150  150  150    -    -    -    -    -    -
  BUILD_MAP_UNPACK_WITH_CALL           -  151  151  151    -    -    -    -    -    -
  BUILD_SET                          104  104  104  104  104  104  104  104   49   48
  BUILD_SET_UNPACK                     -  153  153  153    -    -    -    -    -    -
  BUILD_SLICE                        133  133  133  133  133  133  133  133   50   49
  BUILD_STRING                         -  157  157  157  157  157  157  157   51   50
  BUILD_TUPLE                        102  102  102  102  102  102  102  102   52   51
  BUILD_TUPLE_UNPACK                   -  152  152  152    -    -    -    -    -    -
  BUILD_TUPLE_UNPACK_WITH_CALL         -  158  158  158    -    -    -    -    -    -
  CACHE                                -    -    -    -    -    -    0    0    0    0
  CALL                                 -    -    -    -    -    -  171  171   53   52
  CALL_FINALLY                         -    -    -  162    -    -    -    -    -    -
  CALL_FUNCTION                      131  131  131  131  131  131    -    -    -    -
  CALL_FUNCTION_EX                     -  142  142  142  142  142  142  142   54    4
  CALL_FUNCTION_KW                   141  141  141  141  141  141    -    -    -    -
  CALL_FUNCTION_VAR                  140    -    -    -    -    -    -    -    -    -
  CALL_FUNCTION_VAR_KW               142    -    -    -    -    -    -    -    -    -
  CALL_INTRINSIC_1                     -    -    -    -    -    -    -  173   55   53
  CALL_KW                              -    -    -    -    -    -    -    -   57   55
  CALL_METHOD                          -    -  161  161  161  161    -    -    -    -
  COMPARE_OP                         107  107  107  107  107  107  107  107   58   56
  CONTAINS_OP                          -    -    -    -  118  118  118  118   59   57
  CONVERT_VALUE                        -    -    -    -    -    -    -    -   60   58
  COPY                                 -    -    -    -    -    -  120  120   61   59
  COPY_FREE_VARS                       -    -    -    -    -    -  149  149   62   60
  DELETE_ATTR                         96   96   96   96   96   96   96   96   63   61
  DELETE_DEREF                         -  138  138  138  138  138  139  139   64   62
  DELETE_FAST                        126  126  126  126  126  126  126  126   65   63
  DELETE_GLOBAL                       98   98   98   98   98   98   98   98   66   64
  DELETE_NAME                         91   91   91   91   91   91   91   91   67   65
  DELETE_SUBSCR                       61   61   61   61   61   61   61   61    9    8
  DICT_MERGE                           -    -    -    -  164  164  164  164   68   66
  DICT_UPDATE                          -    -    -    -  165  165  165  165   69   67
  DUP_TOP                              4    4    4    4    4    4    -    -    -    -
  DUP_TOPX                            99    -    -    -    -    -    -    -    -    -
  DUP_TOP_TWO                          -    5    5    5    5    5    -    -    -    -
  END_FINALLY                         88   88   88   88    -    -    -    -    -    -
  END_FOR                              -    -    -    -    -    -    -    4   11    9
  END_SEND                             -    -    -    -    -    -    -    5   12   10
  EXEC_STMT                           85    -    -    -    -    -    -    -    -    -
  EXTENDED_ARG                       145  144  144  144  144  144  144  144   71   69
  FORMAT_SIMPLE                        -    -    -    -    -    -    -    -   14   12
  FORMAT_VALUE                         -  155  155  155  155  155  155  155    -    -
  FORMAT_WITH_SPEC                     -    -    -    -    -    -    -    -   15   13
  FOR_ITER                            93   93   93   93   93   93   93   93   72   70
  GEN_START                            -    -    -    -    -  129    -    -    -    -
  GET_AITER                            -   50   50   50   50   50   50   50   16   14
  GET_AWAITABLE                        -   73   73   73   73   73  131  131   73   71
  GET_ITER                            68   68   68   68   68   68   68   68   19   16
  GET_YIELD_FROM_ITER                  -   69   69   69   69   69   69   69   21   19
  IMPORT_FROM                        109  109  109  109  109  109  109  109   74   72
  IMPORT_NAME                        108  108  108  108  108  108  108  108   75   73
  IMPORT_STAR                         84   84   84   84   84   84   84    -    -    -
  INPLACE_ADD                         55   55   55   55   55   55    -    -    -    -
  INPLACE_AND                         77   77   77   77   77   77    -    -    -    -
  INPLACE_DIVIDE                      58    -    -    -    -    -    -    -    -    -
  INPLACE_FLOOR_DIVIDE                28   28   28   28   28   28    -    -    -    -
  INPLACE_LSHIFT                      75   75   75   75   75   75    -    -    -    -
  INPLACE_MATRIX_MULTIPLY              -   17   17   17   17   17    -    -    -    -
  INPLACE_MODULO                      59   59   59   59   59   59    -    -    -    -
  INPLACE_MULTIPLY                    57   57   57   57   57   57    -    -    -    -
  INPLACE_OR                          79   79   79   79   79   79    -    -    -    -
  INPLACE_POWER                       67   67   67   67   67   67    -    -    -    -
  INPLACE_RSHIFT                      76   76   76   76   76   76    -    -    -    -
  INPLACE_SUBTRACT                    56   56   56   56   56   56    -    -    -    -
  INPLACE_TRUE_DIVIDE                 29   29   29   29   29   29    -    -    -    -
  INPLACE_XOR                         78   78   78   78   78   78    -    -    -    -
  IS_OP                                -    -    -    -  117  117  117  117   76   74
  JUMP_ABSOLUTE                      113  113  113  113  113  113    -    -    -    -
  JUMP_BACKWARD                        -    -    -    -    -    -  140  140   77   75
  JUMP_BACKWARD_NO_INTERRUPT           -    -    -    -    -    -  134  134   78   76
  JUMP_FORWARD                       110  110  110  110  110  110  110  110   79   77
  JUMP_IF_FALSE_OR_POP               111  111  111  111  111  111  111    -    -    -
  JUMP_IF_TRUE_OR_POP                112  112  112  112  112  112  112    -    -    -
  KW_NAMES                             -    -    -    -    -    -  172  172    -    -
  LIST_APPEND                         94  145  145  145  145  145  145  145   80   78
  LIST_EXTEND                          -    -    -    -  162  162  162  162   81   79
  LIST_TO_TUPLE                        -    -    -    -   82   82   82    -    -    -
  LOAD_ATTR                          106  106  106  106  106  106  106  106   82   80
  LOAD_BUILD_CLASS                     -   71   71   71   71   71   71   71   24   21
  LOAD_CLASSDEREF                      -  148  148  148  148  148  148    -    -    -
  LOAD_CLOSURE                       135  135  135  135  135  135  136  136    -    -
  LOAD_COMMON_CONSTANT                 -    -    -    -    -    -    -    -    -   81
  LOAD_CONST                         100  100  100  100  100  100  100  100   83   82
  LOAD_DEREF                         136  136  136  136  136  136  137  137   84   83
  LOAD_FAST                          124  124  124  124  124  124  124  124   85   84
  LOAD_FAST_AND_CLEAR                  -    -    -    -    -    -    -  143   86   85
  LOAD_FAST_BORROW                     -    -    -    -    -    -    -    -    -   86
  LOAD_FAST_BORROW_LOAD_FAST_BORROW    -    -    -    -    -    -    -    -    -   87
  LOAD_FAST_CHECK                      -    -    -    -    -    -    -  127   87   88
  LOAD_FAST_LOAD_FAST                  -    -    -    -    -    -    -    -   88   89
  LOAD_FROM_DICT_OR_DEREF              -    -    -    -    -    -    -  176   89   90
  LOAD_FROM_DICT_OR_GLOBALS            -    -    -    -    -    -    -  175   90   91
  LOAD_GLOBAL                        116  116  116  116  116  116  116  116   91   92
  LOAD_LOCALS                         82    -    -    -    -    -    -   87   25   22
  LOAD_METHOD                          -    -  160  160  160  160  160    -    -    -
  LOAD_NAME                          101  101  101  101  101  101  101  101   92   93
  LOAD_SMALL_INT                       -    -    -    -    -    -    -    -    -   94
  LOAD_SPECIAL                         -    -    -    -    -    -    -    -    -   95
  LOAD_SUPER_ATTR                      -    -    -    -    -    -    -  141   93   96
  MAKE_CELL                            -    -    -    -    -    -  135  135   94   97
  MAKE_CLOSURE                       134    -    -    -    -    -    -    -    -    -
  MAKE_FUNCTION                      132  132  132  132  132  132  132  132   26   23
  MAP_ADD                            147  147  147  147  147  147  147  147   95   98
  NOP                                  9    9    9    9    9    9    9    9   30   27
  NOT_TAKEN                            -    -    -    -    -    -    -    -    -   28
  POP_BLOCK                           87   87   87   87   87   87    -    -    -    -
  POP_EXCEPT                           -   89   89   89   89   89   89   89   31   29
  POP_FINALLY                          -    -    -  163    -    -    -    -    -    -
  POP_ITER                             -    -    -    -    -    -    -    -    -   30
  POP_JUMP_BACKWARD_IF_FALSE           -    -    -    -    -    -  175    -    -    -
  POP_JUMP_BACKWARD_IF_NONE            -    -    -    -    -    -  174    -    -    -
  POP_JUMP_BACKWARD_IF_NOT_NONE        -    -    -    -    -    -  173    -    -    -
  POP_JUMP_BACKWARD_IF_TRUE            -    -    -    -    -    -  176    -    -    -
  POP_JUMP_FORWARD_IF_FALSE            -    -    -    -    -    -  114    -    -    -
  POP_JUMP_FORWARD_IF_NONE             -    -    -    -    -    -  129    -    -    -
  POP_JUMP_FORWARD_IF_NOT_NONE         -    -    -    -    -    -  128    -    -    -
  POP_JUMP_FORWARD_IF_TRUE             -    -    -    -    -    -  115    -    -    -
  POP_JUMP_IF_FALSE                  114  114  114  114  114  114    -  114   97  100
  POP_JUMP_IF_NONE                     -    -    -    -    -    -    -  129   98  101
  POP_JUMP_IF_NOT_NONE                 -    -    -    -    -    -    -  128   99  102
  POP_JUMP_IF_TRUE                   115  115  115  115  115  115    -  115  100  103
  POP_TOP                              1    1    1    1    1    1    1    1   32   31
  PRECALL                              -    -    -    -    -    -  166    -    -    -
  PRINT_ITEM                          71    -    -    -    -    -    -    -    -    -
  PRINT_NEWLINE                       72    -    -    -    -    -    -    -    -    -
  PUSH_NULL                            -    -    -    -    -    -    2    2   34   33
  RAISE_VARARGS                      130  130  130  130  130  130  130  130  101  104
  RERAISE                              -    -    -    -   48  119  119  119  102  105
  RESUME                               -    -    -    -    -    -  151  151  149  128
  RETURN_CONST                         -    -    -    -    -    -    -  121  103    -
  RETURN_GENERATOR                     -    -    -    -    -    -   75   75   35   34
  RETURN_VALUE                        83   83   83   83   83   83   83   83   36   35
  ROT_FOUR                             5    -    -    6    6    6    -    -    -    -
  ROT_N                                -    -    -    -    -   99    -    -    -    -
  ROT_THREE                            3    3    3    3    3    3    -    -    -    -
  ROT_TWO                              2    2    2    2    2    2    -    -    -    -
  SEND                                 -    -    -    -    -    -  123  123  104  106
  SETUP_ANNOTATIONS                    -   85   85   85   85   85   85   85   37   36
  SETUP_ASYNC_WITH                     -  154  154  154  154  154    -    -    -    -
  SETUP_EXCEPT                       121  121  121    -    -    -    -    -    -    -
  SETUP_FINALLY                      122  122  122  122  122  122    -    -    -    -
  SETUP_LOOP                         120  120  120    -    -    -    -    -    -    -
  SETUP_WITH                         143  143  143  143  143  143    -    -    -    -
  SET_ADD                            146  146  146  146  146  146  146  146  105  107
  SET_FUNCTION_ATTRIBUTE               -    -    -    -    -    -    -    -  106  108
  SET_UPDATE                           -    -    -    -  163  163  163  163  107  109
  SLICE+0                             30    -    -    -    -    -    -    -    -    -
  SLICE+1                             31    -    -    -    -    -    -    -    -    -
  SLICE+2                             32    -    -    -    -    -    -    -    -    -
  SLICE+3                             33    -    -    -    -    -    -    -    -    -
  STORE_ATTR                          95   95   95   95   95   95   95   95  108  110
  STORE_DEREF                        137  137  137  137  137  137  138  138  109  111
  STORE_FAST                         125  125  125  125  125  125  125  125  110  112
  STORE_FAST_LOAD_FAST                 -    -    -    -    -    -    -    -  111  113
  STORE_FAST_STORE_FAST                -    -    -    -    -    -    -    -  112  114
  STORE_GLOBAL                        97   97   97   97   97   97   97   97  113  115
  STORE_MAP                           54    -    -    -    -    -    -    -    -    -
  STORE_NAME                          90   90   90   90   90   90   90   90  114  116
  STORE_SLICE                          -    -    -    -    -    -    -   27   38   37
  STORE_SUBSCR                        60   60   60   60   60   60   60   60   39   38
  SWAP                                 -    -    -    -    -    -   99   99  115  117
  TO_BOOL                              -    -    -    -    -    -    -    -   40   39
  UNARY_INVERT                        15   15   15   15   15   15   15   15   41   40
  UNARY_NEGATIVE                      11   11   11   11   11   11   11   11   42   41
  UNARY_NOT                           12   12   12   12   12   12   12   12   43   42
  UNARY_POSITIVE                      10   10   10   10   10   10   10    -    -    -
  UNPACK_EX                            -   94   94   94   94   94   94   94  116  118
  UNPACK_SEQUENCE                     92   92   92   92   92   92   92   92  117  119
  WITH_CLEANUP                        81    -    -    -    -    -    -    -    -    -
  WITH_CLEANUP_FINISH                  -   82   82   82    -    -    -    -    -    -
  WITH_CLEANUP_START                   -   81   81   81    -    -    -    -    -    -
  YIELD_FROM                           -   72   72   72   72   72    -    -    -    -
  YIELD_VALUE                         86   86   86   86   86   86   86  150  118  120
`

/** Instructions of two bytes each that follow an operation as its inline cache, since 3.11. */
const CACHES = `
  operation                         3.11 3.12 3.13 3.14
  BINARY_OP                            1    1    1    5
  BINARY_SUBSCR                        4    1    1    0
  CALL                                 4    3    3    3
  CALL_KW                              0    0    0    3
  COMPARE_OP                           2    1    1    1
  CONTAINS_OP                          0    0    1    1
  FOR_ITER                             0    1    1    1
  JUMP_BACKWARD                        0    0    1    1
  LOAD_ATTR                            4    9    9    9
  LOAD_GLOBAL                          5    4    4    4
  LOAD_METHOD                         10    0    0    0
  LOAD_SUPER_ATTR                      0    1    1    1
  POP_JUMP_IF_FALSE                    0    0    1    1
  POP_JUMP_IF_NONE                     0    0    1    1
  POP_JUMP_IF_NOT_NONE                 0    0    1    1
  POP_JUMP_IF_TRUE                     0    0    1    1
  PRECALL                              1    0    0    0
  SEND                                 0    1    1    1
  STORE_ATTR                           4    4    4    4
  STORE_SUBSCR                         1    1    1    1
  TO_BOOL                              0    0    3    3
  UNPACK_SEQUENCE                      1    1    1    1
`

/** How one release line encodes instructions. */
export interface Operations {
  /** Names by opcode number. */
  names: readonly (string | undefined)[]
  /** Instructions of inline cache by opcode number. */
  caches: readonly (number | undefined)[]
  /** Every instruction is two bytes wide, since 3.6; before, one or three. */
  words: boolean
}

const known = read()

/** By version as in `3.11`; null for release lines that are not listed. */
export function operationsOf(version: string): Operations | null {
  return known.get(version) ?? null
}

function read(): Map<string, Operations> {
  const [head = [], ...rows] = cells(NUMBERS)
  const [cacheHead = [], ...cacheRows] = cells(CACHES)
  return new Map(head.slice(1).map((version, index) => {
    const names: string[] = []
    for (const row of rows) if (row[index + 1] !== '-') names[Number(row[index + 1])] = row[0] as string
    const column = cacheHead.indexOf(version)
    const cached = new Map(column < 0 ? [] : cacheRows.map((row) => [row[0] as string, Number(row[column])]))
    return [version, { names, caches: names.map((name) => cached.get(name)), words: version !== '2.7' }]
  }))
}

function cells(table: string): string[][] {
  return table.trim().split('\n').map((line) => line.trim().split(/\s+/))
}
