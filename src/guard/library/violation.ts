import { toText } from '../value/json.ts'
import { dict, list, type Callable, type Dict, type List, type Sort, type Value } from '../value/value.ts'
import { result } from './define.ts'

/** What a rule raises: `PolicyViolation("...", message, reason=...)`. */
const sort: Sort = {
  name: 'ErrorInformation',
  members: { args: () => null, kwargs: () => null },
  walked: [],
  isEvent: false,
  shown: () => null,
}

export const violation = (name: string): Callable => ({
  kind: 'callable',
  name,
  call: (_context, given, named) => result(sort, { args: list(given), kwargs: dict(named) }),
})

export type Raised = { readonly args: List; readonly kwargs: Dict }

/** Whatever the head came to: other values are told as text. */
export function toRaised(value: Value): Raised {
  const isRaised =
    typeof value === 'object' && value !== null && value.kind === 'thing' && value.type === sort
  const args = isRaised ? value.known?.get('args') : undefined
  const kwargs = isRaised ? value.known?.get('kwargs') : undefined
  const isList = typeof args === 'object' && args !== null && args.kind === 'list'
  const isDict = typeof kwargs === 'object' && kwargs !== null && kwargs.kind === 'dict'
  return isList && isDict ? { args, kwargs } : { args: list([toText(value)]), kwargs: dict(new Map()) }
}
