import { Component, type ReactNode } from 'react';
import { Failure } from './panel.js';

interface State {
  failed: boolean;
}

/** Keeps a fault in one panel from taking the page with it. */
export class PanelBoundary extends Component<{ title: string; children: ReactNode }, State> {
  override state: State = { failed: false };

  static getDerivedStateFromError(): State {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return <Failure sentence={`${this.props.title} could not be drawn.`} onRetry={() => this.setState({ failed: false })} />;
  }
}
