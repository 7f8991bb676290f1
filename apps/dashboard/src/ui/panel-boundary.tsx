import { Component, type ReactNode } from 'react';
import { Failure } from './panel.js';

interface State {
  failed: boolean;
}

interface PanelBoundaryProps {
  title: string;
  /** Called below the boundary, so that its own faults are caught too. */
  draw: () => ReactNode;
}

/** Keeps a fault in one panel from taking the page with it. */
export class PanelBoundary extends Component<PanelBoundaryProps, State> {
  override state: State = { failed: false };

  static getDerivedStateFromError(): State {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return <Drawing draw={this.props.draw} />;
    return <Failure sentence={`${this.props.title} could not be drawn.`} onRetry={() => this.setState({ failed: false })} />;
  }
}

function Drawing({ draw }: Pick<PanelBoundaryProps, 'draw'>): ReactNode {
  return draw();
}
