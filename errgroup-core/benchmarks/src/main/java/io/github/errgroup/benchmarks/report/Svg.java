package io.github.errgroup.benchmarks.report;

import java.util.Locale;

/** Writes the few shapes that the pictures are made of. Not thread-safe. */
final class Svg {
    private final StringBuilder shapes = new StringBuilder();
    private final int width;
    private final int height;

    Svg(int width, int height) {
        this.width = width;
        this.height = height;
    }

    void rectangle(double x, double y, double w, double h, String fill) {
        add("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>", x, y, w, h, fill);
    }

    void line(double x1, double y1, double x2, double y2, String stroke, double strokeWidth) {
        add(
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\" stroke-width=\"%.1f\"/>",
                x1, y1, x2, y2, stroke, strokeWidth);
    }

    void polyline(String points, String stroke, double strokeWidth) {
        add("<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%.1f\"/>", points, stroke, strokeWidth);
    }

    void dot(double x, double y, double radius, String fill) {
        add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\" fill=\"%s\"/>", x, y, radius, fill);
    }

    /** Text; the anchor is start, middle or end. */
    void text(double x, double y, int size, String anchor, String fill, boolean bold, String text) {
        add(
                "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%d\" text-anchor=\"%s\" fill=\"%s\"%s>%s</text>",
                x, y, size, anchor, fill, bold ? " font-weight=\"bold\"" : "", escaped(text));
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" \
                font-family="Helvetica, Arial, sans-serif">
                <rect width="%1$d" height="%2$d" fill="#ffffff"/>
                %3$s</svg>
                """, width, height, shapes);
    }

    private void add(String format, Object... values) {
        shapes.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
