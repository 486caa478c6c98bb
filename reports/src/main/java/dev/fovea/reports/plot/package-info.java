/// Charts, learning curves and selection heat maps as SVG and PNG. Pure Java: headless imaging only, and
/// lettering that
/// works on machines without any fonts.
@NullMarked
package dev.fovea.reports.plot;

import org.jspecify.annotations.NullMarked;
