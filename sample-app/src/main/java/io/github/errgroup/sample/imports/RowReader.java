package io.github.errgroup.sample.imports;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The first stage: reads CSV piece by piece, and strips the white space around the fields. A record that it cannot read is
 * passed on as a {@linkplain RawRow#bad bad row}. So the rows before it are checked first, and the row that is reported is
 * the first bad one of the file.
 */
final class RowReader {
    /** The longest record. A quote that is not closed makes the reader read so much, and no more. */
    private static final int MAX_RECORD_CHARS = 64 * 1024;

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final ImportProgress progress;

    RowReader(ImportProgress progress) {
        this.progress = progress;
    }

    /**
     * Reads to the end of the file.
     *
     * @param csv UTF-8
     * @param rows where the rows go, in lists of at most {@code chunk}
     * @param chunk how many rows a list has at most
     * @throws BadRowException if the first line is not the header
     * @throws IOException if it cannot be read
     */
    void read(InputStream csv, Pipe<List<RawRow>> rows, int chunk)
            throws BadRowException, IOException, InterruptedException {
        // With a decoder, since without one the reader replaces what is not UTF-8, and the replacement would be saved.
        InputStreamReader text = new InputStreamReader(csv, StandardCharsets.UTF_8.newDecoder());
        CsvReader<CsvRecord> reader = CsvReader.builder()
                .skipEmptyLines(true)
                .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                .allowUnclosedQuote(false)
                .trimWhitespacesAroundQuotes(true)
                .maxBufferSize(MAX_RECORD_CHARS)
                .ofCsvRecord(text);
        long line = 0;
        List<RawRow> next = new ArrayList<>(chunk);
        try {
            Iterator<CsvRecord> records = reader.iterator();
            checkHeader(records);
            line = 1;
            while (records.hasNext()) {
                CsvRecord csvRecord = records.next();
                line = csvRecord.getStartingLineNumber();
                next.add(row(csvRecord));
                if (next.size() == chunk) {
                    progress.read(next.size());
                    rows.put(next);
                    next = new ArrayList<>(chunk);
                }
            }
        } catch (CsvParseException e) {
            next.add(RawRow.bad(
                    line + 1,
                    "",
                    "must be CSV, with every quote closed and at most " + MAX_RECORD_CHARS + " characters"));
        } catch (UncheckedIOException e) {
            if (!(e.getCause() instanceof CharacterCodingException)) {
                throw e.getCause();
            }
            next.add(RawRow.bad(line + 1, "", "must be UTF-8, here or soon after"));
        }
        progress.read(next.size());
        rows.put(next);
        rows.end();
    }

    private static void checkHeader(Iterator<CsvRecord> records) throws BadRowException {
        List<String> header = records.hasNext() ? strip(records.next().getFields()) : List.of();
        if (!header.isEmpty() && header.get(0).indexOf(BYTE_ORDER_MARK) == 0) {
            header = new ArrayList<>(header);
            header.set(0, header.get(0).substring(1));
        }
        if (!header.equals(Column.HEADER)) {
            throw new BadRowException(
                    1, "row", String.join(",", header), "must be the header " + String.join(",", Column.HEADER));
        }
    }

    private static RawRow row(CsvRecord csvRecord) {
        List<String> fields = strip(csvRecord.getFields());
        if (fields.size() != Column.HEADER.size()) {
            return RawRow.bad(
                    csvRecord.getStartingLineNumber(),
                    String.join(",", fields),
                    "must have " + Column.HEADER.size() + " fields and has " + fields.size());
        }
        return RawRow.good(csvRecord.getStartingLineNumber(), fields);
    }

    private static List<String> strip(List<String> fields) {
        return fields.stream().map(String::strip).toList();
    }
}
