/** The same drawing as public/favicon.svg; inline, so that it is there with the first paint. */
export function Logo() {
  return (
    <svg aria-hidden viewBox="0 0 32 32" width={26} height={26}>
      <rect width="32" height="32" rx="9" fill="#4f5fe8" />
      <path
        d="M7 18.5h4.2l2.6-8 4.6 13 2.7-7.5H25"
        fill="none"
        stroke="#fff"
        strokeWidth="2.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
