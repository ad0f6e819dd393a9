import type { ComponentChildren } from "preact";

/** One stroke, 24 units square, in the colour of the text beside it. */
function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export const PictureIcon = () => (
  <Icon>
    <rect x="3.5" y="4.5" width="17" height="15" rx="3" />
    <circle cx="9" cy="10" r="1.6" />
    <path d="m4 17 4.6-4.2a1.5 1.5 0 0 1 2 0L13 15l2.2-2a1.5 1.5 0 0 1 2 0l3.3 3" />
  </Icon>
);

export const CameraIcon = () => (
  <Icon>
    <path d="M4 8.5A1.5 1.5 0 0 1 5.5 7h2l1.2-1.8a1.5 1.5 0 0 1 1.2-.7h4.2a1.5 1.5 0 0 1 1.2.7L16.5 7h2A1.5 1.5 0 0 1 20 8.5v9a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 17.5z" />
    <circle cx="12" cy="13" r="3.4" />
  </Icon>
);

export const MoreIcon = () => (
  <Icon>
    <rect x="4" y="4" width="10" height="10" rx="2.5" />
    <path d="M17.5 9H18a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-7a2 2 0 0 1-2-2v-.5" />
  </Icon>
);

export const FrameIcon = () => (
  <Icon>
    <path d="M4 9V6a2 2 0 0 1 2-2h3M15 4h3a2 2 0 0 1 2 2v3M20 15v3a2 2 0 0 1-2 2h-3M9 20H6a2 2 0 0 1-2-2v-3" />
  </Icon>
);

export const MinusIcon = () => (
  <Icon>
    <path d="M6 12h12" />
  </Icon>
);

export const PlusIcon = () => (
  <Icon>
    <path d="M12 6v12M6 12h12" />
  </Icon>
);

export const InfoIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="8.5" />
    <path d="M12 11v5M12 8v.01" />
  </Icon>
);

/** Four corners of a viewfinder and the eye in it. */
export const Mark = () => (
  <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <rect width="32" height="32" rx="9" fill="currentColor" />
    <path
      d="M8 13V10.5A2.5 2.5 0 0 1 10.5 8H13M19 8h2.5A2.5 2.5 0 0 1 24 10.5V13M24 19v2.5a2.5 2.5 0 0 1-2.5 2.5H19M13 24h-2.5A2.5 2.5 0 0 1 8 21.5V19"
      class="mark-frame"
    />
    <circle cx="16" cy="16" r="3.4" class="mark-eye" />
  </svg>
);
