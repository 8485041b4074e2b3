import { type RefObject, useLayoutEffect, useRef, useState } from 'react';

/** Whether the content of an element is wider than the element, so that it must scroll. */
export function useIsWide<E extends HTMLElement>(): [RefObject<E>, boolean] {
  const ref = useRef<E>(null);
  const [isWide, setIsWide] = useState(false);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element || typeof ResizeObserver === 'undefined') return;
    const look = () => setIsWide(element.scrollWidth > element.clientWidth + 1);
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    if (element.firstElementChild) observer.observe(element.firstElementChild);
    return () => observer.disconnect();
  });
  return [ref, isWide];
}
