import { Monitor, Moon, Sun } from 'lucide-react';
import { switchTheme, useTheme } from './theme.js';

const ICONS = { system: Monitor, light: Sun, dark: Moon };

/** System, light, dark, in turn. */
export function ThemeButton() {
  const theme = useTheme();
  const Icon = ICONS[theme];
  return (
    <button
      type="button"
      className="control"
      aria-label={`Theme: ${theme}. Switch`}
      title={`Theme: ${theme}`}
      data-track="theme-switch"
      onClick={switchTheme}
    >
      <Icon aria-hidden className="size-4" />
    </button>
  );
}
