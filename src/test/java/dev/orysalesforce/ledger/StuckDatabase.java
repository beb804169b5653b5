package dev.orysalesforce.ledger;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** A database that does not answer: every connection of the pool is taken, as by statements that never end. */
public final class StuckDatabase implements AutoCloseable {

    private final List<Connection> taken = new ArrayList<>();

    public StuckDatabase(DataSource dataSource) throws SQLException {
        int all = ((HikariDataSource) dataSource).getMaximumPoolSize();
        while (taken.size() < all) {
            taken.add(dataSource.getConnection());
        }
    }

    @Override
    public void close() throws SQLException {
        for (Connection connection : taken) {
            connection.close();
        }
    }
}
