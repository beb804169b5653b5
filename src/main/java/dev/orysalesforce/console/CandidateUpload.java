package dev.orysalesforce.console;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * The only address that takes files. At any other one the container does not read a multipart body. The page
 * itself answers.
 */
class CandidateUpload extends HttpServlet {

    private static final long serialVersionUID = 1L;

    static final String PATH = ChangesController.PATH + "/compare";

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
        request.getRequestDispatcher(ChangesController.PATH).forward(request, response);
    }
}
